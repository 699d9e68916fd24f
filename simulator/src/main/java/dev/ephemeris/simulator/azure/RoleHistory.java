package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.cosmos.RoleAssignment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An account's roles as they were, are and will be: a change takes time to be made, and then more
 * time to reach the data. Thread-safe; who asks for the data's sake doesn't wait.
 */
final class RoleHistory {

  /**
   * A state.
   *
   * @param made when the operation that made it was over
   * @param reaches when the data plane goes by it
   */
  private record Entry(
      Instant made, Instant reaches, RoleState state, List<RoleAssignment> roles) {}

  /** Oldest first, never empty. Replaced as a whole. */
  private volatile List<Entry> entries;

  RoleHistory() {
    var initial = RoleState.initial();
    entries = List.of(new Entry(Instant.MIN, Instant.MIN, initial, initial.effective()));
  }

  /** As Resource Manager shows it. */
  RoleState at(Instant now) {
    return entries.reversed().stream()
        .filter(entry -> !entry.made().isAfter(now))
        .findFirst()
        .orElseThrow()
        .state();
  }

  /** As the data plane goes by it. */
  List<RoleAssignment> effective(Instant now) {
    return entries.reversed().stream()
        .filter(entry -> !entry.reaches().isAfter(now))
        .findFirst()
        .orElseThrow()
        .roles();
  }

  /** Adds the next state; what no moment from now on goes by is forgotten. */
  synchronized void add(RoleState state, Instant now, Instant made, Duration spread) {
    var next = new ArrayList<Entry>();
    for (var i = 0; i < entries.size(); i++) {
      var superseded =
          i + 1 < entries.size()
              && !entries.get(i + 1).made().isAfter(now)
              && !entries.get(i + 1).reaches().isAfter(now);
      if (!superseded) {
        next.add(entries.get(i));
      }
    }
    next.add(new Entry(made, made.plus(spread), state, state.effective()));
    entries = List.copyOf(next);
  }
}
