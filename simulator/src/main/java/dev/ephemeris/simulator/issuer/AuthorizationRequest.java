package dev.ephemeris.simulator.issuer;

import dev.ephemeris.simulator.issuer.OAuthError.Code;
import java.util.Optional;
import java.util.function.Function;

/** A valid request for an authorization code: this client, this way back, this challenge. */
record AuthorizationRequest(
    Client client, Return back, String scope, Optional<String> nonce, CodeChallenge challenge) {

  /** What a query turned out to be. */
  sealed interface Parsed {
    record Valid(AuthorizationRequest request) implements Parsed {}

    /** Wrong, and the client may learn so. */
    record Refused(Return back, OAuthError error) implements Parsed {}

    /**
     * The way back itself can't be trusted, so only the person may learn so (RFC 6749 §4.1.2.1).
     */
    record Untrusted(String why) implements Parsed {}
  }

  static Parsed parse(Parameters query, Function<String, Optional<Client>> clients) {
    var client = query.get("client_id").flatMap(clients);
    if (client.isEmpty()) {
      return new Parsed.Untrusted(
          "The application that sent you here is not known to this issuer.");
    }
    var redirectUri = query.get("redirect_uri").filter(client.get()::redirectsTo);
    if (redirectUri.isEmpty()) {
      return new Parsed.Untrusted(
          "The application asked to return to an address that is not registered for it.");
    }
    var back = new Return(redirectUri.get(), query.get("state"));
    return parse(query, client.get(), back);
  }

  private static Parsed parse(Parameters query, Client client, Return back) {
    if (!query.get("response_type").equals(Optional.of("code"))) {
      return refuse(back, Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");
    }
    if (!client.may(GrantType.AUTHORIZATION_CODE)) {
      return refuse(back, Code.UNAUTHORIZED_CLIENT, "This client may not ask for codes");
    }
    if (query.get("response_mode").filter(mode -> !mode.equals("query")).isPresent()) {
      return refuse(back, Code.INVALID_REQUEST, "response_mode must be query");
    }
    if (query.get("prompt").equals(Optional.of("none"))) {
      return refuse(back, Code.LOGIN_REQUIRED, "This issuer always asks who signs in");
    }
    var challenge = query.get("code_challenge").flatMap(CodeChallenge::parse);
    if (challenge.isEmpty() || !query.get("code_challenge_method").equals(Optional.of("S256"))) {
      return refuse(back, Code.INVALID_REQUEST, "PKCE with method S256 is required");
    }
    return new Parsed.Valid(
        new AuthorizationRequest(
            client, back, query.get("scope").orElse(""), query.get("nonce"), challenge.get()));
  }

  private static Parsed refuse(Return back, Code code, String description) {
    return new Parsed.Refused(back, new OAuthError(code, description));
  }
}
