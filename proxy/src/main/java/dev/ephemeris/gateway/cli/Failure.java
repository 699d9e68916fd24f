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
  private final boolean isAnswerLost;

  Failure(Kind kind, String message) {
    this(kind, message, false);
  }

  private Failure(Kind kind, String message, boolean isAnswerLost) {
    super(message);
    this.kind = kind;
    this.isAnswerLost = isAnswerLost;
  }

  /** What was asked for may have arrived, and been done. */
  static Failure answerLost(String message) {
    return new Failure(Kind.UNREACHABLE, message, true);
  }

  /** Whether what was asked for may have arrived, and its answer hasn't. */
  boolean isAnswerLost() {
    return isAnswerLost;
  }

  Kind kind() {
    return kind;
  }

  /** What to tell the user, fit for a terminal. */
  String line() {
    return Text.line(String.valueOf(getMessage()));
  }
}
