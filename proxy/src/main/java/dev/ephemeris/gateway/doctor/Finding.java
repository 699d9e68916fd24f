package dev.ephemeris.gateway.doctor;

import java.util.Locale;
import java.util.Optional;

/**
 * One thing that was looked at. Holds no secret.
 *
 * @param part what it is of: {@code issuer corp}
 * @param what is so: a sentence
 * @param advice what to do next, if anything is to be done
 */
public record Finding(String part, State state, String what, Optional<String> advice) {

  /** How much of a reason to act it is. */
  public enum State {
    OK,
    /** It works, and somebody should know. */
    WARNING,
    /** Something doesn't work, or won't. */
    PROBLEM;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Finding ok(String part, String what) {
    return new Finding(part, State.OK, what, Optional.empty());
  }

  public static Finding warning(String part, String what, String advice) {
    return new Finding(part, State.WARNING, what, Optional.of(advice));
  }

  public static Finding problem(String part, String what, String advice) {
    return new Finding(part, State.PROBLEM, what, Optional.of(advice));
  }

  /** One that says itself what to do. */
  public static Finding problem(String part, String what) {
    return new Finding(part, State.PROBLEM, what, Optional.empty());
  }
}
