package dev.ephemeris.gateway.cli;

/** Why a command ends without having done what it was asked: one line for the user. */
final class Failure extends Exception {

  /** Whose turn it is now, as an exit code. */
  enum Kind {
    REFUSED(1),
    USAGE(2),
    NOT_SIGNED_IN(3),
    UNREACHABLE(4),
    LOCAL(5);

    final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }
  }

  private final Kind kind;

  Failure(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  /** What to tell the user, fit for a terminal. */
  String line() {
    return Text.line(String.valueOf(getMessage()));
  }
}
