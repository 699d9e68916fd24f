package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where a root key is in its life, as the store has it.
 *
 * @param version of the secret that it is, where the gateway keeps it in a vault by itself
 * @param derivesAt from when on it derives; empty if it did before the gateway knew of that
 * @param disabledAt since when its secret can't be read any more
 */
record RootKeyState(
    char kid,
    Optional<String> version,
    Optional<Instant> derivesAt,
    Optional<Instant> revokedAt,
    Optional<Instant> disabledAt) {

  static RootKeyState made(char kid, Optional<String> version, Instant derivesAt) {
    return new RootKeyState(
        kid, version, Optional.of(derivesAt), Optional.empty(), Optional.empty());
  }

  /** One of which the store knows nothing. */
  static RootKeyState unknown(char kid) {
    return new RootKeyState(
        kid, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  RootKeyState revoked(Instant now) {
    return new RootKeyState(kid, version, derivesAt, Optional.of(now), disabledAt);
  }

  RootKeyState disabled(Instant now) {
    return new RootKeyState(kid, version, derivesAt, revokedAt, Optional.of(now));
  }

  RootKeyState of(String found) {
    return new RootKeyState(kid, Optional.of(found), derivesAt, revokedAt, disabledAt);
  }

  /** When it began to derive, or will; before all others if nobody knows. */
  Instant since() {
    return derivesAt.orElse(Instant.EPOCH);
  }

  /** What its MAC covers. */
  byte[] canonical() {
    return RowSeal.row(
        "root key",
        List.of(
            String.valueOf(kid),
            version.orElse(""),
            micros(derivesAt),
            micros(revokedAt),
            micros(disabledAt)));
  }

  private static String micros(Optional<Instant> instant) {
    return instant.map(Database::micros).map(String::valueOf).orElse("");
  }
}
