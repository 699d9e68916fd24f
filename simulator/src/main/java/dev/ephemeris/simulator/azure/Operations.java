package dev.ephemeris.simulator.azure;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The operations of all accounts; of each account one at a time. Thread-safe. */
final class Operations {
  private final InstantSource clock;

  /** Guarded by this. */
  private final Map<UUID, Operation> all = new HashMap<>();

  /** By the account's id: its latest. Guarded by this. */
  private final Map<String, Operation> latest = new HashMap<>();

  Operations(InstantSource clock) {
    this.clock = clock;
  }

  /** Begins one, unless one is under way on the same account. */
  synchronized Optional<Operation> begin(ArmAccount account, String resource, Duration takes) {
    var now = clock.instant();
    var before = latest.get(account.id());
    if (before != null && before.isRunning(now)) {
      return Optional.empty();
    }
    var operation =
        new Operation(UUID.randomUUID(), account.subscription(), resource, now.plus(takes));
    all.put(operation.id(), operation);
    latest.put(account.id(), operation);
    return Optional.of(operation);
  }

  synchronized Optional<Operation> find(String id) {
    return all.values().stream().filter(one -> one.id().toString().equals(id)).findFirst();
  }

  boolean isRunning(Operation operation) {
    return operation.isRunning(clock.instant());
  }
}
