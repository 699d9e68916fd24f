package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.MasterKey;
import java.util.Optional;

/**
 * The keys of an account with which everything can be read and written.
 *
 * @param secondary empty if only one is known
 */
record KeyPair(MasterKey primary, Optional<MasterKey> secondary) {

  /**
   * The keys as Azure hands them out.
   *
   * @throws IllegalArgumentException if one isn't Base64 or empty; the message doesn't repeat it
   */
  @Reveals("to sign with it; it isn't kept as text")
  static KeyPair of(Secret primary, Secret secondary) {
    return new KeyPair(
        MasterKey.ofBase64(primary.reveal()), Optional.of(MasterKey.ofBase64(secondary.reveal())));
  }
}
