package dev.ephemeris.gateway.scan;

import java.nio.file.Path;
import java.util.List;

/**
 * What files and folders hold.
 *
 * @param found files in which something was found, by name
 * @param read how many files were looked at
 * @param binary how many weren't, as they aren't text
 * @param others how many links, pipes and the like in folders weren't
 * @param allowed how many findings {@code ephemeris:allow} on their line leaves out
 * @param unread what couldn't be read: nobody knows what is in it
 */
public record Report(
    List<Found> found, long read, long binary, long others, long allowed, List<Unread> unread) {

  /**
   * A file in which something was found.
   *
   * @param isCut whether there were so many that the rest of the file wasn't looked at
   */
  public record Found(Path file, List<Finding> findings, boolean isCut) {}

  /** A file or folder, and why it couldn't be read. */
  public record Unread(Path file, String why) {}

  /** Whether anything was found that must go. */
  public boolean fails() {
    return found.stream()
        .flatMap(in -> in.findings().stream())
        .anyMatch(finding -> finding.kind().fails());
  }
}
