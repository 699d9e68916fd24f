package dev.ephemeris.gateway.lease;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Root keys as they count from some moment on. Immutable.
 *
 * @param verifying the newest first: it derives, the others only verify
 * @param next what derives from a moment on, and verifies already
 * @param revoked what lets nobody in any more; by these the gateway knows again what it made
 * @param revokedAt of all that were revoked, those too that nobody has any more
 */
record RootKeyRing(
    List<RootKey> verifying,
    Optional<Next> next,
    List<RootKey> revoked,
    Map<Character, Instant> revokedAt) {

  record Next(RootKey key, Instant from) {}

  RootKeyRing {
    verifying = List.copyOf(verifying);
    revoked = List.copyOf(revoked);
    revokedAt = Map.copyOf(revokedAt);
  }

  /** Of keys that stay what they are. */
  static RootKeyRing of(List<RootKey> newestFirst) {
    return new RootKeyRing(newestFirst, Optional.empty(), List.of(), Map.of());
  }

  /** Which one derives; empty if each is revoked. */
  Optional<RootKey> newest(Instant now) {
    return next.filter(coming -> !now.isBefore(coming.from()))
        .map(Next::key)
        .or(() -> verifying.stream().findFirst());
  }

  /** Those that verify, what derives or will first. */
  List<RootKey> good() {
    return Stream.concat(next.map(Next::key).stream(), verifying.stream()).toList();
  }

  List<RootKey> all() {
    return Stream.concat(good().stream(), revoked.stream()).toList();
  }

  /** The same, but for these, which let nobody in any more. */
  RootKeyRing revoking(Map<Character, Instant> gone) {
    Map<Character, Instant> all = new HashMap<>(gone);
    all.putAll(revokedAt);
    return new RootKeyRing(
        verifying.stream().filter(key -> !gone.containsKey(key.kid())).toList(),
        next.filter(coming -> !gone.containsKey(coming.key().kid())),
        Stream.concat(revoked.stream(), good().stream().filter(key -> gone.containsKey(key.kid())))
            .toList(),
        all);
  }
}
