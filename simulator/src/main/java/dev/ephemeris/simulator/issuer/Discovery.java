package dev.ephemeris.simulator.issuer;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.Arrays;

/** What this issuer publishes about itself (OpenID Connect Discovery 1.0 §3). */
final class Discovery {
  private Discovery() {}

  static JsonObject document(URI issuer) {
    return new JsonObject()
        .put("issuer", issuer.toString())
        .put("authorization_endpoint", issuer + "/authorize")
        .put("token_endpoint", issuer + "/token")
        .put("device_authorization_endpoint", issuer + "/device_authorization")
        .put("userinfo_endpoint", issuer + "/userinfo")
        .put("end_session_endpoint", issuer + "/logout")
        .put("jwks_uri", issuer + "/jwks")
        .put("response_types_supported", JsonArray.of("code"))
        .put("response_modes_supported", JsonArray.of("query"))
        .put("grant_types_supported", grantTypes())
        .put("code_challenge_methods_supported", JsonArray.of("S256"))
        .put(
            "token_endpoint_auth_methods_supported",
            JsonArray.of("none", "client_secret_basic", "client_secret_post"))
        .put("subject_types_supported", JsonArray.of("public"))
        .put("id_token_signing_alg_values_supported", JsonArray.of("RS256"))
        .put("scopes_supported", JsonArray.of("openid", "profile", "email"))
        .put(
            "claims_supported",
            JsonArray.of(
                "sub",
                "auth_time",
                "amr",
                "sid",
                "name",
                "preferred_username",
                "email",
                "email_verified"))
        .put("prompt_values_supported", JsonArray.of("login", "select_account"))
        .put("authorization_response_iss_parameter_supported", true)
        .put("request_uri_parameter_supported", false);
  }

  private static JsonArray grantTypes() {
    return new JsonArray(Arrays.stream(GrantType.values()).map(GrantType::value).toList());
  }
}
