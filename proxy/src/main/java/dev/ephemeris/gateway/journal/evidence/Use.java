package dev.ephemeris.gateway.journal.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What somebody took or used, all alike of it together.
 *
 * @param type {@code leaseIssued}, {@code requestIntent} or {@code operationDecided}
 * @param scope empty of what is done to the gateway itself
 * @param sequence of the last
 * @param times how often, as far as the log is kept or was indexed
 */
public record Use(
    String type,
    String principal,
    Optional<String> actsFor,
    Optional<String> rule,
    Optional<String> scope,
    List<String> actions,
    Instant last,
    long sequence,
    long times) {

  public Use {
    actions = List.copyOf(actions);
  }
}
