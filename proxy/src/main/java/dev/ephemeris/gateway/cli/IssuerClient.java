package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** One issuer's endpoints, as a public client without a secret uses them from a command line. */
final class IssuerClient {

  /** RFC 8628 §3.2: the interval if the issuer names none. */
  private static final long DEFAULT_INTERVAL_SECONDS = 5;

  /** RFC 6749 §5.1 only recommends expires_in; a refresh too many does no harm. */
  private static final long DEFAULT_LIFETIME_SECONDS = 300;

  private final Http http;
  private final String issuer;
  private final String clientId;
  private final Discovery discovery;

  private IssuerClient(Http http, String issuer, String clientId, Discovery discovery) {
    this.http = http;
    this.issuer = issuer;
    this.clientId = clientId;
    this.discovery = discovery;
  }

  private record Discovery(
      String issuer,
      @JsonProperty("authorization_endpoint") Optional<String> authorizationEndpoint,
      @JsonProperty("token_endpoint") String tokenEndpoint,
      @JsonProperty("device_authorization_endpoint") Optional<String> deviceEndpoint,
      @JsonProperty("revocation_endpoint") Optional<String> revocationEndpoint) {}

  private record DeviceDocument(
      @JsonProperty("device_code") String deviceCode,
      @JsonProperty("user_code") String userCode,
      @JsonProperty("verification_uri") String verificationUri,
      @JsonProperty("verification_uri_complete") Optional<String> verificationUriComplete,
      @JsonProperty("expires_in") long expiresIn,
      Optional<Long> interval) {}

  private record TokenDocument(
      @JsonProperty("access_token") String accessToken,
      @JsonProperty("token_type") String tokenType,
      @JsonProperty("refresh_token") Optional<String> refreshToken,
      @JsonProperty("expires_in") Optional<Long> expiresIn) {}

  private record ErrorDocument(
      String error, @JsonProperty("error_description") Optional<String> description) {}

  /**
   * A device authorization that waits for the user.
   *
   * @param deviceCode secret: whoever has it gets the tokens
   * @param page where the user goes with the code
   * @param pageWithCode the same with the code filled in, where the issuer offers it
   */
  record Device(
      String deviceCode,
      String userCode,
      URI page,
      Optional<URI> pageWithCode,
      Duration lifetime,
      Duration interval) {

    @Override
    public String toString() {
      return "Device[" + page + "]";
    }
  }

  /** How a device authorization stands. */
  sealed interface Poll {
    record Granted(Tokens tokens) implements Poll {}

    record Pending() implements Poll {}

    record SlowDown() implements Poll {}

    record Expired() implements Poll {}

    record Denied() implements Poll {}

    /** The issuer can't be reached, or can't answer now. */
    record Unanswered() implements Poll {}
  }

  /**
   * Finds the endpoints of an issuer (OpenID Connect Discovery 1.0 §4), or of an authorization
   * server that vouches for nobody's identity, such as the gateway (RFC 8414 §3).
   */
  static IssuerClient discover(Http http, String issuer, String clientId) throws Failure {
    // §4.1: a terminating / is removed first.
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    Optional<Discovery> found =
        read(http, safe(issuer, base + "/.well-known/openid-configuration"));
    Discovery discovery =
        (found.isPresent()
                ? found
                : read(
                    http, safe(issuer, issuer).resolve("/.well-known/oauth-authorization-server")))
            .orElseThrow(
                () -> broken(issuer, "has no configuration for OpenID Connect at its address"));
    // §4.3: exactly equal, or somebody else answers for the issuer.
    if (!discovery.issuer().equals(issuer)) {
      throw broken(issuer, "says that it is another issuer, " + discovery.issuer());
    }
    return new IssuerClient(http, issuer, clientId, discovery);
  }

  private static Optional<Discovery> read(Http http, URI metadata) throws Failure {
    Http.Response response = http.send(HttpRequest.newBuilder(metadata));
    return response.status() == 200
        ? Json.read(response.json(), Discovery.class)
        : Optional.empty();
  }

  /** Its identifier. */
  String name() {
    return issuer;
  }

  String clientId() {
    return clientId;
  }

  /**
   * Where somebody signs in with a browser on this machine (OAuth 2.1 §4.1.1, with RFC 7636).
   *
   * @param back where the browser comes back to
   * @param verifier secret, until the code is traded
   */
  URI authorizationPage(String back, String state, String verifier) throws Failure {
    String endpoint =
        discovery
            .authorizationEndpoint()
            .orElseThrow(() -> broken(issuer, "doesn't offer sign-in by a browser"));
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", clientId);
    query.put("redirect_uri", back);
    query.put("state", state);
    query.put("code_challenge", challenge(verifier));
    query.put("code_challenge_method", "S256");
    return safe(issuer, endpoint + "?" + Http.form(query));
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Trades a code for tokens (OAuth 2.1 §4.1.3). */
  Tokens trade(String code, String back, String verifier) throws Failure {
    Http.Response response =
        http.post(
            safe(issuer, discovery.tokenEndpoint()),
            Map.of(
                "grant_type", "authorization_code",
                "code", code,
                "redirect_uri", back,
                "code_verifier", verifier,
                "client_id", clientId));
    if (response.status() == 200) {
      return tokens(response.json());
    }
    throw refused("did not complete the sign-in", response.json());
  }

  /** Begins a device authorization (RFC 8628 §3.1). */
  Device authorizeDevice() throws Failure {
    String endpoint =
        discovery
            .deviceEndpoint()
            .orElseThrow(() -> broken(issuer, "doesn't offer sign-in by device code (RFC 8628)"));
    Http.Response response =
        http.post(
            safe(issuer, endpoint),
            Map.of("client_id", clientId, "scope", "openid profile email offline_access"));
    if (response.status() != 200) {
      throw refused("did not begin the sign-in", response.json());
    }
    DeviceDocument device =
        Json.read(response.json(), DeviceDocument.class)
            .filter(d -> d.expiresIn() > 0)
            .orElseThrow(() -> broken(issuer, "answered with something else than a device code"));
    return new Device(
        device.deviceCode(),
        device.userCode(),
        safe(issuer, device.verificationUri()),
        device.verificationUriComplete().flatMap(SafeUri::parse),
        Duration.ofSeconds(device.expiresIn()),
        Duration.ofSeconds(Math.max(1, device.interval().orElse(DEFAULT_INTERVAL_SECONDS))));
  }

  /** Asks once whether the user has decided (RFC 8628 §3.4). */
  Poll poll(Device device) throws Failure {
    URI endpoint = safe(issuer, discovery.tokenEndpoint());
    Http.Response response;
    try {
      response =
          http.post(
              endpoint,
              Map.of(
                  "grant_type",
                  "urn:ietf:params:oauth:grant-type:device_code",
                  "device_code",
                  device.deviceCode(),
                  "client_id",
                  clientId));
    } catch (Failure failure) {
      if (failure.kind() == Failure.Kind.UNREACHABLE) {
        return new Poll.Unanswered();
      }
      throw failure;
    }
    if (response.status() == 200) {
      return new Poll.Granted(tokens(response.json()));
    }
    if (response.status() >= 500) {
      return new Poll.Unanswered();
    }
    return switch (response.json().path("error").asText()) {
      case "authorization_pending" -> new Poll.Pending();
      case "slow_down" -> new Poll.SlowDown();
      case "expired_token" -> new Poll.Expired();
      case "access_denied" -> new Poll.Denied();
      default -> throw refused("did not complete the sign-in", response.json());
    };
  }

  /** Trades a refresh token for new tokens (RFC 6749 §6). */
  Tokens refresh(String refreshToken) throws Failure {
    Http.Response response =
        http.post(
            safe(issuer, discovery.tokenEndpoint()),
            Map.of(
                "grant_type", "refresh_token",
                "refresh_token", refreshToken,
                "client_id", clientId));
    if (response.status() == 200) {
      return tokens(response.json());
    }
    if (isInvalidGrant(response.json())) {
      throw new Failure(
          Failure.Kind.NOT_SIGNED_IN, "Your sign-in has ended. Sign in again: ephemeris login");
    }
    throw refused("did not renew the sign-in", response.json());
  }

  /** What becomes of a person's token that is shown for tokens by which a client acts for them. */
  sealed interface Exchanged {
    record Given(Tokens tokens) implements Exchanged {}

    /**
     * It isn't good, or the client may not act for them.
     *
     * @param reason the issuer's, for people
     */
    record Refused(String reason) implements Exchanged {}
  }

  /**
   * Trades a person's access token for tokens by which the client acts for them (RFC 8693).
   *
   * @param resource what they are for (RFC 8707)
   */
  Exchanged exchange(String person, String resource) throws Failure {
    Http.Response response =
        http.post(
            safe(issuer, discovery.tokenEndpoint()),
            Map.of(
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token",
                person,
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
                "resource",
                resource,
                "client_id",
                clientId));
    if (response.status() == 200) {
      return new Exchanged.Given(tokens(response.json()));
    }
    if (isInvalidGrant(response.json())) {
      return new Exchanged.Refused(
          response.json().path("error_description").asText("it doesn't say why"));
    }
    throw refused("did not exchange the sign-in", response.json());
  }

  private static boolean isInvalidGrant(JsonNode json) {
    return json.path("error").asText().equals("invalid_grant");
  }

  /** Gives a token back, and what it is of (RFC 7009), where the issuer takes it. */
  void revoke(String token) throws Failure {
    if (discovery.revocationEndpoint().isPresent()) {
      Http.Response unused =
          http.post(
              safe(issuer, discovery.revocationEndpoint().get()),
              Map.of("client_id", clientId, "token", token));
    }
  }

  private Tokens tokens(JsonNode json) throws Failure {
    TokenDocument document =
        Json.read(json, TokenDocument.class)
            .filter(d -> d.tokenType().equalsIgnoreCase("Bearer"))
            .filter(d -> BearerToken.isOne(d.accessToken()))
            .orElseThrow(() -> broken(issuer, "answered with something else than bearer tokens"));
    return new Tokens(
        document.accessToken(),
        document.refreshToken(),
        Duration.ofSeconds(document.expiresIn().orElse(DEFAULT_LIFETIME_SECONDS)));
  }

  private static URI safe(String issuer, String uri) throws Failure {
    return SafeUri.parse(uri)
        .orElseThrow(
            () ->
                broken(
                    issuer, "uses an address that isn't https (or http on this machine): " + uri));
  }

  private Failure refused(String what, JsonNode json) {
    return Json.read(json, ErrorDocument.class)
        .map(e -> e.error() + e.description().map(text -> ", " + text).orElse(""))
        .map(reason -> broken(issuer, what + ": " + reason))
        .orElseGet(() -> broken(issuer, what));
  }

  private static Failure broken(String issuer, String what) {
    return new Failure(Failure.Kind.UNREACHABLE, "The issuer " + issuer + " " + what + ".");
  }
}
