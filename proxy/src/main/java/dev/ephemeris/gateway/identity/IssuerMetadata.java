package dev.ephemeris.gateway.identity;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Optional;

/**
 * What an issuer says of itself (OpenID Connect Discovery 1.0 §3), as far as the gateway goes by
 * it.
 *
 * @param authorizationEndpoint where people sign in
 * @param tokenEndpoint where the gateway trades a code
 * @param endSessionEndpoint where people sign out (OpenID Connect RP-Initiated Logout 1.0 §2.1)
 * @param takesBasic whether the gateway shows its secret in a header, not in the form
 * @param namesItself whether it says who it is when it sends people back (RFC 9207 §3)
 */
record IssuerMetadata(
    String jwksUri,
    Optional<String> authorizationEndpoint,
    Optional<String> tokenEndpoint,
    Optional<String> endSessionEndpoint,
    boolean takesBasic,
    boolean namesItself) {

  /**
   * Reads a discovery document; throws {@link IllegalStateException} if it is another issuer's
   * (§4.3) or has an address that isn't as protected as the issuer's own.
   */
  static IssuerMetadata read(String issuer, String text) {
    JsonObject document =
        StrictJson.object(text)
            .orElseThrow(() -> new IllegalStateException("its discovery document isn't JSON"));
    if (!issuer.equals(document.getValue("issuer"))) {
      throw new IllegalStateException("its discovery document is another issuer's");
    }
    return new IssuerMetadata(
        address(issuer, document, "jwks_uri", "its keys are")
            .orElseThrow(() -> new IllegalStateException("its discovery document names no keys")),
        address(issuer, document, "authorization_endpoint", "its sign-in is"),
        address(issuer, document, "token_endpoint", "its tokens are"),
        address(issuer, document, "end_session_endpoint", "its sign-out is"),
        // §3: client_secret_basic if it says nothing
        !(document.getValue("token_endpoint_auth_methods_supported") instanceof JsonArray methods)
            || methods.contains("client_secret_basic"),
        Boolean.TRUE.equals(document.getValue("authorization_response_iss_parameter_supported")));
  }

  private static Optional<String> address(
      String issuer, JsonObject document, String name, String what) {
    if (!(document.getValue(name) instanceof String uri)) {
      return Optional.empty();
    }
    if (!URI.create(issuer).getScheme().equals(URI.create(uri).getScheme())) {
      throw new IllegalStateException(what + " served with another scheme than itself");
    }
    return Optional.of(uri);
  }
}
