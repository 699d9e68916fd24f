package dev.ephemeris.cosmos.sql;

/** Carries a {@link SyntaxError} out of the parser's recursion; never leaves this package. */
final class SyntaxException extends Exception {

  private final transient SyntaxError error;

  SyntaxException(SyntaxError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  SyntaxError error() {
    return error;
  }
}
