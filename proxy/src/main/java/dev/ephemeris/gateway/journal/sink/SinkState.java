package dev.ephemeris.gateway.journal.sink;

import java.time.Duration;
import java.util.Optional;

/**
 * How it goes with a sink.
 *
 * @param name as the configuration has it
 * @param kind {@code file}, {@code stdout}, {@code otlp}, {@code kafka}, {@code blob} or {@code
 *     webhook}
 * @param required whether access is refused while it is overdue
 * @param next the index of the first entry that it hasn't
 * @param lagEntries how many sealed entries it hasn't: of one that is sent checkpoints alone, how
 *     many its newest one doesn't vouch for
 * @param lag how long it has been waited for
 * @param overdue whether that is more than the configuration lets it be
 * @param shipped what it has been sent since the start
 * @param withheld in the place of how many entries it was sent that it doesn't take them
 * @param failures how often it hasn't taken what it was sent, since the start
 * @param failure what the last failure was, until something works again; without secrets
 */
public record SinkState(
    String name,
    String kind,
    boolean required,
    long next,
    long lagEntries,
    Duration lag,
    boolean overdue,
    long shipped,
    long withheld,
    long failures,
    Optional<String> failure) {

  /** For people: what is wrong with it, and since when; empty if nothing is. */
  public Optional<String> notice() {
    if (!overdue && failure.isEmpty() && withheld == 0) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder("Sink “").append(name).append("” (" + kind + ")");
    if (overdue) {
      text.append(" lags by ").append(lagEntries).append(" entries and ").append(lag.toSeconds());
      text.append(" seconds, more than its maxLag or maxLagEntries lets it.");
    } else if (failure.isPresent()) {
      text.append(" lags by ").append(lagEntries).append(" entries.");
    } else {
      text.append(" doesn't take ").append(withheld);
      text.append(" entries, and was sent where they are instead.");
    }
    failure.ifPresent(why -> text.append(" It fails: ").append(why).append('.'));
    return Optional.of(text.toString());
  }
}
