package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.StrictJson;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.oauth.OAuthError;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import dev.ephemeris.policy.CredentialForm;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The form of a token exchange (RFC 8693 §2.1): read in one way, or not at all. What it doesn't
 * know it leaves alone (RFC 6749 §3.2), but for what would mean something elsewhere.
 */
final class ExchangeForm {

  static final String GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";

  /** RFC 8693 §3: what the token is that is given. */
  static final String LEASE = "urn:ephemeris:token-type:lease";

  /** RFC 9396 §2. */
  static final String DETAILS_TYPE = "ephemeris-lease";

  private static final Set<String> TOKEN_TYPES =
      Set.of(
          "urn:ietf:params:oauth:token-type:access_token", "urn:ietf:params:oauth:token-type:jwt");

  /** What a lease request has to be, by the contract; empty if it is, or why it isn't. */
  interface Shape {
    Optional<String> fault(JsonObject leaseRequest);
  }

  /** What came of reading one. */
  sealed interface Read {

    /** It doesn't print its tokens. */
    record Asked(String subjectToken, Optional<String> actorToken, LeaseRequest lease)
        implements Read {
      @Override
      public String toString() {
        return "an exchange for " + lease;
      }
    }

    record Refused(OAuthError error) implements Read {}
  }

  private final Shape shape;

  ExchangeForm(Shape shape) {
    this.shape = shape;
  }

  Read read(MultiMap form) {
    Map<String, String> said = new HashMap<>();
    for (Map.Entry<String, String> each : form) {
      if (said.put(each.getKey(), each.getValue()) != null) {
        // RFC 6749 §3.2: not more than once.
        return refused("a parameter is there twice");
      }
    }
    // RFC 6749 §3.2: without a value it is as if it weren't there.
    said.values().removeIf(String::isEmpty);
    Optional<OAuthError> fault = grantType(said).or(() -> tokens(said)).or(() -> notToBeSaid(said));
    return fault.<Read>map(Read.Refused::new).orElseGet(() -> lease(said));
  }

  private static Optional<OAuthError> grantType(Map<String, String> said) {
    if (!said.containsKey("grant_type")) {
      return Optional.of(
          error(
              Code.INVALID_REQUEST,
              "expected a form, application/x-www-form-urlencoded, with grant_type=" + GRANT_TYPE));
    }
    return GRANT_TYPE.equals(said.get("grant_type"))
        ? Optional.empty()
        : Optional.of(error(Code.UNSUPPORTED_GRANT_TYPE, "grant_type has to be " + GRANT_TYPE));
  }

  private static Optional<OAuthError> tokens(Map<String, String> said) {
    if (!said.containsKey("subject_token")) {
      return Optional.of(error(Code.INVALID_REQUEST, "there is no subject_token"));
    }
    return type(said, "subject_token_type")
        .or(
            () ->
                // RFC 8693 §2.1: the type is required with the token, and must not be without.
                said.containsKey("actor_token") || said.containsKey("actor_token_type")
                    ? said.containsKey("actor_token")
                        ? type(said, "actor_token_type")
                        : Optional.of(
                            error(Code.INVALID_REQUEST, "actor_token_type without an actor_token"))
                    : Optional.empty());
  }

  private static Optional<OAuthError> type(Map<String, String> said, String name) {
    return TOKEN_TYPES.contains(said.getOrDefault(name, ""))
        ? Optional.empty()
        : Optional.of(
            error(
                Code.INVALID_REQUEST,
                name
                    + " has to be one of "
                    + String.join(", ", TOKEN_TYPES.stream().sorted().toList())));
  }

  /** Whoever says one of these expects something that isn't done. */
  private static Optional<OAuthError> notToBeSaid(Map<String, String> said) {
    if (said.containsKey("requested_token_type")
        && !LEASE.equals(said.get("requested_token_type"))) {
      return Optional.of(
          error(Code.INVALID_REQUEST, "requested_token_type has to be " + LEASE + ", or left out"));
    }
    if (said.containsKey("resource") || said.containsKey("audience")) {
      return Optional.of(
          error(
              Code.INVALID_TARGET,
              "what the lease is for stands in authorization_details, not in resource or"
                  + " audience"));
    }
    return List.of("scope", "client_secret", "client_assertion").stream()
        .filter(said::containsKey)
        .findFirst()
        .map(
            name ->
                error(
                    Code.INVALID_REQUEST,
                    name.equals("scope")
                        ? "what the lease is for stands in authorization_details, not in scope"
                        : name + ": the subject token is the proof, and clients have none here"));
  }

  private Read lease(Map<String, String> said) {
    Optional<JsonArray> details = StrictJson.array(said.getOrDefault("authorization_details", ""));
    if (details.isEmpty()
        || details.get().size() != 1
        || !(details.get().getValue(0) instanceof JsonObject one)) {
      return new Read.Refused(
          error(
              Code.INVALID_AUTHORIZATION_DETAILS,
              "authorization_details has to be a JSON array of one object of type "
                  + DETAILS_TYPE
                  + ", each of its members once"));
    }
    if (!DETAILS_TYPE.equals(one.getValue("type"))) {
      return new Read.Refused(
          error(
              Code.INVALID_AUTHORIZATION_DETAILS,
              "the type in authorization_details has to be " + DETAILS_TYPE));
    }
    JsonObject request = one.copy();
    request.remove("type");
    Optional<String> fault =
        shape
            .fault(request)
            .or(
                () ->
                    LeaseJson.spelt(CredentialForm.LEASE_TOKEN)
                            .equals(request.getString("credential", "lease-token"))
                        ? Optional.empty()
                        : Optional.of("a lease with a key is given by POST /v1/leases"))
            .or(
                () ->
                    "rbac".equals(request.getString("lane"))
                        ? Optional.of("in the lane rbac there is no token; ask POST /v1/leases")
                        : Optional.empty());
    if (fault.isPresent()) {
      return new Read.Refused(
          error(
              Code.INVALID_AUTHORIZATION_DETAILS,
              "authorization_details isn't a lease request as POST /v1/leases has it: "
                  + fault.get()));
    }
    try {
      return new Read.Asked(
          said.getOrDefault("subject_token", ""),
          Optional.ofNullable(said.get("actor_token")),
          LeaseRoutes.request(request));
    } catch (IllegalArgumentException e) {
      return new Read.Refused(
          error(Code.INVALID_AUTHORIZATION_DETAILS, String.valueOf(e.getMessage())));
    }
  }

  private static Read refused(String description) {
    return new Read.Refused(error(Code.INVALID_REQUEST, description));
  }

  private static OAuthError error(Code code, String description) {
    return new OAuthError(code, description);
  }
}
