package dev.ephemeris.gateway.journal.sink;

import java.time.Duration;
import java.util.Optional;

/**
 * That a sink hasn't taken what it was given, or nobody knows whether it has. Nothing of it counts
 * as shipped. The message is told, and so has no secret in it.
 */
public final class SinkException extends Exception {

  /** What to do about it. */
  enum Kind {
    /** To try again soon: it may be away, or have too much to do. */
    UNAVAILABLE,
    /** To try again now and then: somebody has to set something right. */
    REFUSED,
    /** To try with less: it doesn't take something of this. */
    INDIGESTIBLE
  }

  private final Kind kind;
  private final transient Optional<Duration> retryAfter;

  private SinkException(Kind kind, String message, Optional<Duration> retryAfter) {
    super(message);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  /** It may work the next time. */
  public static SinkException unavailable(String message) {
    return new SinkException(Kind.UNAVAILABLE, message, Optional.empty());
  }

  /** It may work after that time, as it says itself. */
  static SinkException unavailable(String message, Optional<Duration> retryAfter) {
    return new SinkException(Kind.UNAVAILABLE, message, retryAfter);
  }

  /** It won't work until somebody sets something right. */
  public static SinkException refused(String message) {
    return new SinkException(Kind.REFUSED, message, Optional.empty());
  }

  /** It doesn't take something of what it was given, for what that is or for its length. */
  public static SinkException indigestible(String message) {
    return new SinkException(Kind.INDIGESTIBLE, message, Optional.empty());
  }

  Kind kind() {
    return kind;
  }

  /** When to try again, if the sink says so. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }

  /** In words of one line, of a failure whose own words may be anything. */
  static String why(Throwable failure) {
    String message = failure.getMessage();
    return failure.getClass().getSimpleName()
        + (message == null || message.isBlank()
            ? ""
            : " (" + message.lines().findFirst().orElse("") + ")");
  }
}
