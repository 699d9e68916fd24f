package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.PartitionKey;
import java.time.Duration;
import java.util.Optional;

/** Makes the resource tokens that permissions are shown with. */
@FunctionalInterface
interface TokenMint {

  /** Shows permissions without tokens. */
  TokenMint NONE = (_, _, _, _) -> Optional.empty();

  /**
   * A new token.
   *
   * @param resource {@code dbs/…/colls/…}, or an item in it, by name
   */
  Optional<String> mint(
      PermissionMode mode, String resource, Optional<PartitionKey> key, Duration lifetime);
}
