package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.RealKeycloak;
import dev.ephemeris.gateway.oauth.TestBrowser;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway and its command line with a real Keycloak. */
@Tag("full")
class KeycloakTest {

  private static final String ALICE = "5a1c2f0e-7c1f-4a63-9d2a-0f6b1c0a11ce";

  private static RealKeycloak keycloak;
  private static GatewayFixture fixture;

  private final TestBrowser browser;
  private final Terminal terminal;

  KeycloakTest(@TempDir Path home) {
    browser = new TestBrowser(fixture.certificate());
    terminal = Terminal.at(fixture, home);
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    keycloak = new RealKeycloak();
    fixture.configure(
        text ->
            text.replace(
                    "issuer: " + fixture.issuer().issuer(),
                    "issuer: " + keycloak.issuer() + "\n    preset: keycloak")
                .replace("clients: [ephemeris-cli]", "clients: [ephemeris-cli, copilot]")
                .replace("    principal: person\n", ""));
    Path org = fixture.folder().resolve("org.yaml");
    fixture.write("org.yaml", Files.readString(org).replace("sub-alice", ALICE));
    fixture.append(
        "policy.yaml",
        """
          - name: agents read for the team
            for: { principal: agent, actsFor: { groups: [group:default/team] } }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            ttl: { default: 1h, max: 1h }
        """);
    fixture.restart();
    try (InputStream realm = GatewayFixture.class.getResourceAsStream("keycloak-realm.json")) {
      keycloak.start(
          new String(Objects.requireNonNull(realm).readAllBytes(), StandardCharsets.UTF_8)
              .replace("GATEWAY", fixture.gateway().api().toString())
              .replace("SECRET", GatewayFixture.CLIENT_SECRET),
          fixture.certificate().authority());
    }
  }

  @AfterAll
  static void stop() throws Exception {
    keycloak.close();
    fixture.close();
  }

  @AfterEach
  void closeTheBrowser() {
    browser.close();
  }

  /** A code with PKCE, a secret in a header, an ID token that says so by its “typ”. */
  @Test
  void signsPeopleInByTheGateway() throws Exception {
    Terminal.Screen login = terminal.browsing(page -> browser.allow(page, "alice")).run("login");

    assertThat(login.out()).contains("Signed in as Alice Ito (person corp:" + ALICE + ").");
    JsonNode me = terminal.run("whoami", "-o", "json").json();
    assertThat(me.at("/groups/0").asText()).isEqualTo("group:default/team");
    JsonNode lease =
        terminal.run("lease", GatewayFixture.ORDERS, "--role", "data-reader", "-o", "json").json();
    assertThat(fixture.readOrder(lease.path("token").asText()).status()).isEqualTo(200);
  }

  /** By the back channel: whatever was begun in that session at Keycloak is over. */
  @Test
  void endsWhatEndsAtKeycloak() throws Exception {
    terminal.browsing(page -> browser.allow(page, "alice")).run("login");
    JsonNode lease =
        terminal.run("lease", GatewayFixture.ORDERS, "--role", "data-reader", "-o", "json").json();
    assertThat(fixture.readOrder(lease.path("token").asText()).status()).isEqualTo(200);
    TestBrowser.Page account = browser.open(fixture.gateway().api().resolve("/"));
    TestBrowser.Page out = browser.submit(account, "/sign-out", "x", "y");
    assertThat(terminal.run("whoami").exitCode()).as("another session").isZero();

    TestBrowser.Page done = browser.open(URI.create(out.link("/protocol/openid-connect/logout")));

    assertThat(done.uri()).isEqualTo(fixture.gateway().api().resolve("/signed-out"));
    assertThat(terminal.run("whoami").exitCode()).isEqualTo(3);
    assertThat(fixture.readOrder(lease.path("token").asText()).status()).isEqualTo(401);
    assertThat(fixture.journal("sessionEnded"))
        .extracting(record -> record.path("by").asText())
        .contains("issuer corp");
  }

  /** At Keycloak itself, whose tokens are accepted too; each refresh token is good once. */
  @Test
  void signsInByDeviceCodeAndRefreshes() throws Exception {
    Terminal.Screen login = terminal.browsing(this::allowDevice).run("login", "--issuer", "corp");
    assertThat(login.out()).as(login.err()).contains("Signed in as Alice Ito");
    String first = refreshToken();
    // Keycloak counts in whole seconds: one of the second in which it is replaced is good still.
    Thread.sleep(1_001);

    for (int i = 1; i <= 2; i++) {
      terminal.ahead(Duration.ofMinutes(6L * i));
      assertThat(terminal.run("whoami").exitCode()).isZero();
    }
    assertThat(refreshToken()).isNotEqualTo(first);

    HttpResponse<String> reused =
        keycloak.token("grant_type=refresh_token&client_id=ephemeris-cli&refresh_token=" + first);
    assertThat(reused.statusCode()).isEqualTo(400);
    terminal.ahead(Duration.ofMinutes(30));
    assertThat(terminal.run("whoami").exitCode()).as("the whole session is over").isEqualTo(3);
  }

  private String refreshToken() throws Exception {
    return kept("refreshToken");
  }

  /** What the command line keeps of a sign-in. */
  private String kept(String secret) throws Exception {
    return GatewayFixture.json(Files.readString(terminal.home().resolve("credentials.json")))
        .at("/signIns")
        .elements()
        .next()
        .path(secret)
        .asText();
  }

  private void allowDevice(URI page) {
    try {
      TestBrowser.Page login = browser.open(page);
      TestBrowser.Page consent =
          login.body().contains("kc-form-login")
              ? browser.submit(
                  login, "", Map.of("username", "alice", "password", "alice"), Map.of())
              : login;
      browser.submit(consent, "", "accept", "Yes");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a service account shows is its own; it is a workload. */
  @Test
  void takesServiceAccountsForWorkloads() throws Exception {
    assertThat(fixture.api("GET", "/v1/me", copilots(), "").json().at("/principal/kind").asText())
        .isEqualTo("workload");
  }

  private static String copilots() throws Exception {
    return GatewayFixture.json(
            keycloak
                .token("grant_type=client_credentials&client_id=copilot&client_secret=copilots")
                .body())
        .path("access_token")
        .asText();
  }

  /** A person's token and an agent's, both of Keycloak, for a lease of the two. */
  @Test
  void exchangesItsTokensForTheLeaseOfAnAgent() throws Exception {
    terminal.browsing(this::allowDevice).run("login", "--issuer", "corp");
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
    form.put("subject_token", kept("accessToken"));
    form.put("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
    form.put("actor_token", copilots());
    form.put("actor_token_type", "urn:ietf:params:oauth:token-type:access_token");
    form.put(
        "authorization_details",
        "[{\"type\":\"ephemeris-lease\",\"scope\":\"" + GatewayFixture.ORDERS + "\"}]");

    GatewayFixture.Reply given =
        fixture.send(
            HttpRequest.newBuilder(fixture.gateway().api().resolve("/v1/token"))
                .header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(Http.form(form))));

    assertThat(given.status()).as(given.body()).isEqualTo(200);
    assertThat(given.json().at("/authorization_details/0/actsFor").asText())
        .isEqualTo("corp:" + ALICE);
    assertThat(fixture.readOrder(given.json().path("access_token").asText()).status())
        .isEqualTo(200);
  }
}
