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
  static KeyPair of(AccountSecrets secrets) {
    return new KeyPair(
        MasterKey.ofBase64(secrets.primary().reveal()),
        Optional.of(MasterKey.ofBase64(secrets.secondary().reveal())));
  }

  /**
   * One of them.
   *
   * @throws IllegalArgumentException if it isn't known
   */
  MasterKey key(KeyName name) {
    return switch (name) {
      case PRIMARY -> primary;
      case SECONDARY ->
          secondary.orElseThrow(() -> new IllegalArgumentException("there is no secondary key"));
      case PRIMARY_READONLY, SECONDARY_READONLY ->
          throw new IllegalArgumentException("it isn't among those that write");
    };
  }
}
