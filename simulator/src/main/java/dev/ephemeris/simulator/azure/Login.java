package dev.ephemeris.simulator.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The login authority: tokens for service principals, and what clients look up before. */
final class Login {
  private static final String SUFFIX = "/.default";

  private final Tenant tenant;
  private final Assertions assertions;

  Login(Tenant tenant, InstantSource clock) {
    this.tenant = tenant;
    this.assertions = new Assertions(clock);
  }

  Answer answer(Call call) {
    var path = call.path();
    if (path.equals(List.of("common", "discovery", "instance")) && call.method().equals("GET")) {
      return instance();
    }
    if (path.isEmpty()) {
      return Answer.notSimulated(call.method() + " /");
    }
    if (!path.getFirst().equals(tenant.id())) {
      return EntraError.unknownTenant(path.getFirst()).answer();
    }
    return switch (call.method() + " " + String.join("/", path.subList(1, path.size()))) {
      case "POST oauth2/v2.0/token" -> token(form(call));
      case "GET v2.0/.well-known/openid-configuration" -> Answer.of(200, configuration());
      case "GET discovery/v2.0/keys" ->
          Answer.of(200, new JsonObject(tenant.key().published().toJSONObject()));
      default -> Answer.notSimulated(call.method() + " /" + String.join("/", path));
    };
  }

  private Answer token(Map<String, String> form) {
    if (!"client_credentials".equals(form.get("grant_type"))) {
      return EntraError.unknownGrant().answer();
    }
    var clientId = form.getOrDefault("client_id", "");
    var principal = tenant.principal(clientId);
    if (principal.isEmpty()) {
      return EntraError.unknownClient(clientId, tenant.id()).answer();
    }
    var assertion = form.get("client_assertion");
    if (assertion == null
        || !"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            .equals(form.get("client_assertion_type"))) {
      return EntraError.noAssertion().answer();
    }
    var refusal = assertions.refusal(principal.get(), assertion, tokenEndpoint());
    if (refusal.isPresent()) {
      return refusal.get().answer();
    }
    var scope = scope(form);
    if (!scope.endsWith(SUFFIX)) {
      return EntraError.badScope(scope).answer();
    }
    var audience = scope.substring(0, scope.length() - SUFFIX.length());
    if (!tenant.gives(audience)) {
      return EntraError.unknownResource(audience, tenant.id()).answer();
    }
    return Answer.of(
        200,
        new JsonObject()
            .put("token_type", "Bearer")
            .put("expires_in", tenant.tokenLifetime().toSeconds())
            .put("ext_expires_in", tenant.tokenLifetime().toSeconds())
            .put("access_token", tenant.token(principal.get(), audience)));
  }

  /** Without what MSAL asks for beside it, which gives an application nothing. */
  private static String scope(Map<String, String> form) {
    return Arrays.stream(form.getOrDefault("scope", "").split(" ", -1))
        .filter(one -> !Set.of("openid", "profile", "offline_access").contains(one))
        .collect(Collectors.joining(" "));
  }

  private String tokenEndpoint() {
    return tenant.authority() + tenant.id() + "/oauth2/v2.0/token";
  }

  private JsonObject configuration() {
    return new JsonObject()
        .put("issuer", tenant.issuer())
        .put("token_endpoint", tokenEndpoint())
        .put("authorization_endpoint", tenant.authority() + tenant.id() + "/oauth2/v2.0/authorize")
        .put("jwks_uri", tenant.authority() + tenant.id() + "/discovery/v2.0/keys")
        .put("response_types_supported", JsonArray.of("code"))
        .put("subject_types_supported", JsonArray.of("pairwise"))
        .put("id_token_signing_alg_values_supported", JsonArray.of("RS256"))
        .put("token_endpoint_auth_methods_supported", JsonArray.of("private_key_jwt"));
  }

  private Answer instance() {
    var host = tenant.authority().getAuthority();
    return Answer.of(
        200,
        new JsonObject()
            .put("tenant_discovery_endpoint", tenant.issuer() + "/.well-known/openid-configuration")
            .put("api-version", "1.1")
            .put(
                "metadata",
                JsonArray.of(
                    new JsonObject()
                        .put("preferred_network", host)
                        .put("preferred_cache", host)
                        .put("aliases", JsonArray.of(host)))));
  }

  private static Map<String, String> form(Call call) {
    var form = new HashMap<String, String>();
    for (var pair : call.body().toString(UTF_8).split("&", -1)) {
      var equals = pair.indexOf('=');
      if (equals > 0) {
        form.put(
            URLDecoder.decode(pair.substring(0, equals), UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), UTF_8));
      }
    }
    return form;
  }
}
