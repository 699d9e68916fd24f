package dev.ephemeris.simulator.issuer;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/**
 * Values kept for a while under an unguessable name: codes, forms, refresh tokens. When it is full,
 * the oldest gives way. Confined to the server's event loop.
 */
final class Tickets<V> {
  private record Kept<V>(V value, Instant end) {}

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 32;
  private static final int CAPACITY = 10_000;

  private final InstantSource clock;
  private final Duration lifetime;
  // In the order of their ends, because all live equally long.
  private final SequencedMap<String, Kept<V>> kept = new LinkedHashMap<>();

  Tickets(InstantSource clock, Duration lifetime) {
    this.clock = clock;
    this.lifetime = lifetime;
  }

  /** 256 random bits as text that fits a URL. */
  static String random() {
    var bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Keeps {@code value} and returns its new name. */
  String issue(V value) {
    var name = random();
    keep(name, value);
    return name;
  }

  /**
   * Keeps {@code value} under this name for a whole lifetime from now, in place of what was there.
   */
  void keep(String name, V value) {
    var now = clock.instant();
    kept.remove(name);
    kept.values().removeIf(each -> !each.end().isAfter(now));
    if (kept.size() >= CAPACITY) {
      kept.pollFirstEntry();
    }
    kept.put(name, new Kept<>(value, now.plus(lifetime)));
  }

  /** The value, which stays. */
  Optional<V> find(String name) {
    return Optional.ofNullable(kept.get(name)).filter(this::isCurrent).map(Kept::value);
  }

  /** The value, which is then gone. */
  Optional<V> take(String name) {
    return Optional.ofNullable(kept.remove(name)).filter(this::isCurrent).map(Kept::value);
  }

  /** Forgets each value that fits. */
  void forget(Predicate<V> condition) {
    kept.values().removeIf(each -> condition.test(each.value()));
  }

  private boolean isCurrent(Kept<V> each) {
    return each.end().isAfter(clock.instant());
  }
}
