package dev.ephemeris.gateway.repetition;

import java.time.Duration;

/** Whether it is to be done now, or what became of it before. */
public sealed interface Turn {

  /** It is. */
  record First(Attempt attempt) implements Turn {}

  /**
   * It was done.
   *
   * @param outcome what was answered
   */
  record Answered(String outcome) implements Turn {}

  /**
   * It was done, and the gateway that did it stopped before it had answered.
   *
   * @param effect what was made
   */
  record Done(String effect) implements Turn {}

  /** Somebody is at it. */
  record UnderWay(Duration retryAfter) implements Turn {}

  /** The key was used for something else. */
  record OtherRequest() implements Turn {}

  /** There are too many keys of this principal's, until the oldest is forgotten. */
  record TooMany(Duration retryAfter) implements Turn {}

  /** It was begun, and nobody knows whether it was done. */
  record Unknown() implements Turn {}
}
