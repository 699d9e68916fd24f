package dev.ephemeris.gateway.cli;

import java.util.Optional;

/** The name of an account, as a path holds it as it is. */
record AccountName(String value) {

  /** Before the command line has one. */
  static final AccountName NONE = new AccountName("");

  static Optional<AccountName> parse(String text) {
    return text.matches("[a-z0-9-]{3,44}") ? Optional.of(new AccountName(text)) : Optional.empty();
  }
}
