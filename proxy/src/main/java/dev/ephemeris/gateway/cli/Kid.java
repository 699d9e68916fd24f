package dev.ephemeris.gateway.cli;

import java.util.Optional;

/** The name of a root key, as a path holds it as it is. */
record Kid(String value) {

  /** Before the command line has one. */
  static final Kid NONE = new Kid("");

  static Optional<Kid> parse(String text) {
    return text.matches("[a-z2-7]") ? Optional.of(new Kid(text)) : Optional.empty();
  }
}
