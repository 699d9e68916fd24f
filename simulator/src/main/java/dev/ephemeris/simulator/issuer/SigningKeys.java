package dev.ephemeris.simulator.issuer;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.ephemeris.simulator.jwk.RsaKeys;
import java.util.List;
import java.util.Optional;

/**
 * The key that signs now and, after a rotation, the one before it: both are published. Keys live in
 * memory only. Safe for all threads.
 */
final class SigningKeys {
  // Newest first. Replaced as a whole, so that a reader sees one state or the other; writers hold
  // this object's lock.
  private volatile List<RSAKey> keys = List.of(RsaKeys.take());
  private boolean givenBack;

  RSAKey current() {
    return keys.getFirst();
  }

  /** The published key with this id. */
  Optional<RSAKey> find(String keyId) {
    return keys.stream().filter(key -> key.getKeyID().equals(keyId)).findFirst();
  }

  /** The public halves, as {@code /jwks} serves them. */
  JWKSet published() {
    return new JWKSet(List.copyOf(keys)).toPublicJWKSet();
  }

  /** A new key signs from now on; the one before it stays published until the next rotation. */
  synchronized void rotate() {
    keys = List.of(RsaKeys.take(), keys.getFirst());
  }

  /** Once nothing is to be signed with them any more. */
  synchronized void giveBack() {
    if (!givenBack) {
      givenBack = true;
      keys.forEach(RsaKeys::giveBack);
    }
  }
}
