package dev.ephemeris.simulator.issuer;

import java.util.List;
import java.util.Optional;

/**
 * What a person let a client have: everything that its tokens are made from.
 *
 * @param scope as requested, space-separated
 * @param nonce repeated in the ID token (OpenID Connect Core §3.1.2.1)
 */
record Authorization(SignIn signIn, String clientId, String scope, Optional<String> nonce) {

  boolean wantsIdToken() {
    return List.of(scope.split(" ", -1)).contains("openid");
  }

  /**
   * The same for a later use: the nonce belongs to the first ID token only (OpenID Connect Core
   * §12.2).
   */
  Authorization withoutNonce() {
    return new Authorization(signIn, clientId, scope, Optional.empty());
  }
}
