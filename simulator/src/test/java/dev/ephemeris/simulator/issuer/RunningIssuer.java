package dev.ephemeris.simulator.issuer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** An issuer for one test class, and a browser to visit it with. */
final class RunningIssuer implements AfterAllCallback {
  static final Person ALICE = new Person("u-7f3a", "alice", "Alice Abara", "alice@example.test");
  static final Person BOB =
      new Person("u-91c2", "bob", "Bob <b>&amp; Söhne</b>", "bob@example.test");
  static final String AUDIENCE = "api://ephemeris";
  static final String CALLBACK = "https://console.example.test/callback?from=issuer";
  static final Client CONSOLE =
      Client.open(
          "console",
          Set.of(GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN),
          List.of(CALLBACK, "https://console.example.test/bye"));
  static final Client CLI =
      Client.open(
          "cli",
          Set.of(GrantType.AUTHORIZATION_CODE, GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN),
          List.of("http://127.0.0.1/callback"));
  static final Client JOB = Client.workload("nightly job", new ClientSecret("s3cr%t: +?"));

  // RFC 7636 appendix B
  static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  private static final Pattern FORM_TOKEN = Pattern.compile("name=\"form\" value=\"([^\"]+)\"");

  final TestClock clock = new TestClock();
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = HttpClient.newHttpClient();
  private final DevelopmentIssuer running;

  RunningIssuer() {
    var settings =
        new DevelopmentIssuer.Settings(
            "127.0.0.1",
            0,
            List.of(ALICE, BOB),
            List.of(CONSOLE, CLI, JOB),
            AUDIENCE,
            Duration.ofMinutes(10));
    try {
      running = DevelopmentIssuer.start(vertx, settings, clock).await(30, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("The issuer doesn't start", e);
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    http.close();
    running.close().await(30, TimeUnit.SECONDS);
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  DevelopmentIssuer get() {
    return running;
  }

  String issuer() {
    return running.issuer().toString();
  }

  // ---- HTTP

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  HttpRequest.Builder to(String pathAndQuery) {
    return HttpRequest.newBuilder(URI.create(issuer() + pathAndQuery));
  }

  HttpResponse<String> visit(String path, Map<String, String> query) throws Exception {
    return send(to(path + "?" + encode(query)));
  }

  HttpResponse<String> post(String path, Map<String, String> form) throws Exception {
    return send(posting(path, encode(form)));
  }

  HttpRequest.Builder posting(String path, String form) {
    return to(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form));
  }

  static String encode(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
        .collect(joining("&"));
  }

  static JsonObject json(HttpResponse<String> response) {
    return new JsonObject(response.body());
  }

  static String error(HttpResponse<String> response) {
    return json(response).getString("error");
  }

  // ---- what a person does

  /** A complete authorization request of the console, to be changed by a test. */
  static Map<String, String> request() {
    var query = new LinkedHashMap<String, String>();
    query.put("response_type", "code");
    query.put("client_id", CONSOLE.clientId());
    query.put("redirect_uri", CALLBACK);
    query.put("scope", "openid profile");
    query.put("state", "a state & more");
    query.put("nonce", "n-1");
    query.put("code_challenge", CHALLENGE);
    query.put("code_challenge_method", "S256");
    return query;
  }

  static String formToken(HttpResponse<String> page) {
    var matcher = FORM_TOKEN.matcher(page.body());
    if (!matcher.find()) {
      throw new AssertionError("No form in " + page.body());
    }
    return matcher.group(1);
  }

  HttpResponse<String> pick(String path, HttpResponse<String> page, Person person)
      throws Exception {
    return post(path, Map.of("form", formToken(page), "person", person.subject()));
  }

  /** Signs in at the console and returns the code that the redirect carries. */
  String signIn(Person person) throws Exception {
    return code(pick("/authorize", visit("/authorize", request()), person));
  }

  static String code(HttpResponse<String> response) {
    return requireNonNull(redirect(response).get("code"), "no code");
  }

  static Map<String, String> redirect(HttpResponse<String> response) {
    var query = URI.create(location(response)).getRawQuery();
    var parameters = new LinkedHashMap<String, String>();
    Arrays.stream(query.split("&"))
        .map(each -> each.split("=", 2))
        .forEach(each -> parameters.put(each[0], URLDecoder.decode(each[1], UTF_8)));
    return parameters;
  }

  static String location(HttpResponse<String> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  // ---- what a client does

  HttpResponse<String> exchange(String code) throws Exception {
    return post(
        "/token",
        Map.of(
            "grant_type", "authorization_code",
            "client_id", CONSOLE.clientId(),
            "code", code,
            "redirect_uri", CALLBACK,
            "code_verifier", VERIFIER));
  }

  HttpResponse<String> refresh(Client client, String refreshToken) throws Exception {
    return post(
        "/token",
        Map.of(
            "grant_type",
            "refresh_token",
            "client_id",
            client.clientId(),
            "refresh_token",
            refreshToken));
  }

  HttpResponse<String> userInfo(String accessToken) throws Exception {
    return send(to("/userinfo").header("Authorization", "Bearer " + accessToken));
  }

  /** The claims, if a careful relying party takes the token for an access token of this client. */
  Optional<JWTClaimsSet> accepted(String token, Client client) throws Exception {
    return relyingParty().accessToken(token, client);
  }

  RelyingParty relyingParty() throws Exception {
    var keys = JWKSet.load(URI.create(issuer() + "/jwks").toURL());
    return new RelyingParty(issuer(), AUDIENCE, keys, clock);
  }
}
