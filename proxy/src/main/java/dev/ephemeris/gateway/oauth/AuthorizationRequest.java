package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A valid request for a code (OAuth 2.1 §4.1.1): this client, this way back, this challenge.
 *
 * @param challenge by S256 (RFC 7636 §4.2)
 * @param audience what its tokens are to be for
 */
record AuthorizationRequest(
    String clientId,
    String redirectUri,
    Optional<String> state,
    String challenge,
    Audience audience) {

  private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");

  /** What a query turned out to be. */
  sealed interface Parsed {

    record Valid(AuthorizationRequest request) implements Parsed {}

    /** Wrong, and the client may learn so. */
    record Refused(String redirectUri, Optional<String> state, OAuthError error)
        implements Parsed {}

    /** The way back itself isn't to be trusted, so that only the person may learn so (§4.1.2.1). */
    record Untrusted(String why) implements Parsed {}
  }

  /**
   * @param client the one that it names, if that is known
   * @param resources what tokens are for
   */
  static Parsed parse(Parameters query, Optional<Client> client, Resources resources) {
    if (client.isEmpty()) {
      return new Parsed.Untrusted(
          "The application that sent you here isn't known to this gateway.");
    }
    Optional<String> redirectUri = query.get("redirect_uri").filter(client.get()::redirectsTo);
    if (redirectUri.isEmpty()) {
      return new Parsed.Untrusted(
          "The application wants its answer at an address that isn't registered for it.");
    }
    Optional<String> challenge =
        query
            .get("code_challenge")
            .filter(text -> CHALLENGE.matcher(text).matches())
            .filter(text -> query.says("code_challenge_method", "S256"));
    Optional<Audience> audience = resources.asked(query, client.get());
    Optional<OAuthError> error =
        error(query, challenge)
            .or(() -> audience.isEmpty() ? Optional.of(resources.refusal()) : Optional.empty());
    return error.isPresent()
        ? new Parsed.Refused(redirectUri.get(), query.get("state"), error.get())
        : new Parsed.Valid(
            new AuthorizationRequest(
                client.get().id(),
                redirectUri.get(),
                query.get("state"),
                challenge.orElseThrow(),
                audience.orElseThrow()));
  }

  private static Optional<OAuthError> error(Parameters query, Optional<String> challenge) {
    if (!query.says("response_type", "code")) {
      return error(Code.UNSUPPORTED_RESPONSE_TYPE, "response_type must be code");
    }
    if (query.get("response_mode").filter(mode -> !mode.equals("query")).isPresent()) {
      return error(Code.INVALID_REQUEST, "response_mode must be query");
    }
    if (query.get("request").isPresent() || query.get("request_uri").isPresent()) {
      return error(Code.INVALID_REQUEST, "request objects aren't supported");
    }
    if (challenge.isEmpty()) {
      return error(Code.INVALID_REQUEST, "PKCE with method S256 is required (RFC 7636)");
    }
    return Optional.empty();
  }

  private static Optional<OAuthError> error(Code code, String description) {
    return Optional.of(new OAuthError(code, description));
  }

  /** The same with an answer; {@code iss} names who gives it (RFC 9207 §2). */
  static String answer(
      String redirectUri, Optional<String> state, URI issuer, Map<String, String> answer) {
    Map<String, String> all = new LinkedHashMap<>(answer);
    state.ifPresent(text -> all.put("state", text));
    all.put("iss", issuer.toString());
    String query =
        all.entrySet().stream()
            .map(each -> each.getKey() + '=' + encoded(each.getValue()))
            .collect(Collectors.joining("&"));
    return redirectUri + (redirectUri.contains("?") ? '&' : '?') + query;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  String json() {
    JsonObject json =
        new JsonObject()
            .put("client", clientId)
            .put("redirectUri", redirectUri)
            .put("challenge", challenge)
            .put("audience", audience.name());
    state.ifPresent(text -> json.put("state", text));
    return json.encode();
  }

  /** Reads what {@link #json} wrote: nothing else has its seal. */
  static AuthorizationRequest of(String json) {
    JsonObject read = new JsonObject(json);
    return new AuthorizationRequest(
        read.getString("client"),
        read.getString("redirectUri"),
        Optional.ofNullable(read.getString("state")),
        read.getString("challenge"),
        Audience.valueOf(read.getString("audience")));
  }
}
