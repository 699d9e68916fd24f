package dev.ephemeris.simulator.cosmos;

import java.time.Duration;
import java.util.Optional;

/** What can go wrong with a request on demand. */
public sealed interface Fault {

  /**
   * The request is refused before anything else is done with it, its credential included.
   *
   * @param retryAfter for {@code x-ms-retry-after-ms}
   */
  record Refused(int status, int subStatus, String message, Optional<Duration> retryAfter)
      implements Fault {

    /** Throws {@link IllegalArgumentException} for a status that is no error. */
    public Refused {
      if (status < 400 || status > 599) {
        throw new IllegalArgumentException("a refusal has a status from 400 to 599, not " + status);
      }
    }
  }

  /** The request is dealt with only then. */
  record Delayed(Duration by) implements Fault {

    /** Throws {@link IllegalArgumentException} unless it is at least a millisecond. */
    public Delayed {
      if (by.toMillis() < 1) {
        throw new IllegalArgumentException("a delay is at least a millisecond");
      }
    }
  }

  /** The connection ends early. */
  record Cut(Moment moment) implements Fault {}

  /** When a connection ends. All but the last of them reset it (RST). */
  enum Moment {
    /** Nothing was done. */
    BEFORE_EFFECT,
    /** All was done, and nothing of the answer was sent. */
    BEFORE_ANSWER,
    /** All was done, and the answer's head was sent. */
    BEFORE_BODY,
    /** All was done, and half of the body was sent. */
    IN_BODY,
    /** As before, but the connection is closed properly: the body is too short. */
    TRUNCATED
  }

  static Fault status(int status, int subStatus, String message) {
    return new Refused(status, subStatus, message, Optional.empty());
  }

  /** Over the container's budget: {@code 429/3200}. */
  static Fault throttled(Duration retryAfter) {
    return new Refused(
        429,
        3200,
        "The request rate is too large. Please retry after sometime. Learn more:"
            + " http://aka.ms/cosmosdb-error-429",
        Optional.of(retryAfter));
  }

  /** The replica hasn't what the session token asks for yet: {@code 404/1002}. */
  static Fault staleSession() {
    return status(404, 1002, ReadSession.NOT_AVAILABLE);
  }

  static Fault delayed(Duration by) {
    return new Delayed(by);
  }

  static Fault cut(Moment moment) {
    return new Cut(moment);
  }
}
