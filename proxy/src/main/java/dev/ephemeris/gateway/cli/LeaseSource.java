package dev.ephemeris.gateway.cli;

import java.util.Optional;

/** Where a command's lease comes from. */
sealed interface LeaseSource {

  /** Before a reference, which no account's name has. */
  String REFERENCE = "lease:";

  /** A lease of one's own is asked for. */
  record Asked(ResourceScope scope) implements LeaseSource {}

  /** An agent has it already, for whoever runs the command. */
  record Referred(LeaseId lease) implements LeaseSource {}

  /** What the text stands for, or empty if it is nothing. */
  static Optional<LeaseSource> parse(String text) {
    return text.startsWith(REFERENCE)
        ? LeaseId.parse(text.substring(REFERENCE.length())).map(Referred::new)
        : ResourceScope.parse(text).map(Asked::new);
  }
}
