package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.log.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Option;

/** By which keys a command believes a journal's signatures. */
final class LogKeys {

  @Option(
      names = "--key",
      required = true,
      paramLabel = "KEY",
      description =
          "A key of the journal, as name+id+key, or a file with one a line; from elsewhere than the"
              + " journal. Several times.")
  private List<String> keys = List.of();

  /**
   * All of them.
   *
   * @throws Failure if one is neither a key nor a file of keys
   */
  Set<VerifierKey> all() throws Failure {
    Set<VerifierKey> all = new LinkedHashSet<>();
    for (String text : keys) {
      if (text.contains("+")) {
        all.add(key(text, "--key"));
      } else {
        addAll(text, all);
      }
    }
    return all;
  }

  private static void addAll(String file, Set<VerifierKey> all) throws Failure {
    List<String> lines;
    try {
      lines = Files.readAllLines(Path.of(file)).stream().filter(line -> !line.isBlank()).toList();
    } catch (IOException | InvalidPathException e) {
      throw new Failure(
          Failure.Kind.USAGE,
          "'" + file + "' is neither a key (name+id+key) nor a file of keys that can be read.");
    }
    if (lines.isEmpty()) {
      throw new Failure(Failure.Kind.USAGE, "There is no key in " + file + ".");
    }
    for (String line : lines) {
      all.add(key(line.strip(), file));
    }
  }

  private static VerifierKey key(String text, String where) throws Failure {
    try {
      return VerifierKey.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Failure(Failure.Kind.USAGE, where + ": " + e.getMessage() + ".");
    }
  }
}
