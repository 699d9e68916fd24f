package dev.ephemeris.gateway.template;

import java.util.List;

/**
 * What was made: files, of which the first is the one that counts, and what to know about them.
 *
 * @param notes sentences for whoever puts them to use
 */
public record Template(TemplateKind kind, List<File> files, List<String> notes) {

  /**
   * One of the files.
   *
   * @param name where it goes, from a folder of the reader's choice
   */
  public record File(String name, String text) {}

  public Template {
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }

  /** The text of the first file. */
  public String text() {
    return files.getFirst().text();
  }

  /** The name of the first file. */
  public String fileName() {
    return files.getFirst().name();
  }
}
