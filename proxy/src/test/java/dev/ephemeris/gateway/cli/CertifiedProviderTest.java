package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.CertifiedProvider;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.oauth.TestBrowser;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway and its command line beside an issuer of another's making, and a certified one. */
class CertifiedProviderTest {

  private static final String SUBJECT = GatewayFixture.ALICE.subject();

  private final GatewayFixture fixture;
  private final CertifiedProvider provider;
  private final Terminal terminal;

  CertifiedProviderTest(@TempDir Path home) throws Exception {
    fixture = new GatewayFixture();
    provider = new CertifiedProvider(fixture.certificate().authority());
    provider.serve(fixture);
    terminal = Terminal.at(fixture, home).browsing(page -> provider.approve(page, SUBJECT));
  }

  @AfterEach
  void stop() throws IOException {
    provider.close();
    fixture.close();
  }

  @Test
  void signsInByDeviceCodeAndWorksWithWhatItGets() throws Exception {
    Terminal.Screen login = terminal.run("login", "--issuer", "corp");

    assertThat(login.err()).contains("Open      " + provider.issuer() + "/device\n");
    assertThat(login.out()).contains("Signed in as").contains("corp:" + SUBJECT);
    assertThat(terminal.run("whoami", "-o", "json").json().at("/groups/0").asText())
        .isEqualTo("group:default/team");
    JsonNode lease =
        terminal.run("lease", GatewayFixture.ORDERS, "--role", "data-reader", "-o", "json").json();
    assertThat(fixture.readOrder(lease.path("token").asText()).status()).isEqualTo(200);
  }

  /** Its refresh tokens are good once (OAuth 2.1 §4.3.1); the command line keeps the newest. */
  @Test
  void renewsTheSignInAgainAndAgain() throws Exception {
    terminal.run("login", "--issuer", "corp");

    for (int i = 1; i <= 3; i++) {
      // Past the end of the last access token, by the clock of the command line alone.
      terminal.ahead(Duration.ofMinutes(6L * i));
      assertThat(terminal.run("whoami").exitCode()).isZero();
    }
  }

  /** In a browser, at the gateway, by the provider; and out again. */
  @Test
  void signsPeopleInAndOutByTheGateway() throws Exception {
    try (TestBrowser browser = new TestBrowser(fixture.certificate())) {
      Terminal.Screen login = terminal.browsing(page -> browser.allow(page, SUBJECT)).run("login");

      assertThat(login.err()).contains("A browser opens");
      assertThat(login.out()).as(login.err()).contains("Signed in as").contains("corp:" + SUBJECT);
      assertThat(terminal.run("whoami").exitCode()).isZero();
      terminal.ahead(Duration.ofMinutes(20));
      assertThat(terminal.run("whoami").exitCode()).as("renewed").isZero();

      TestBrowser.Page account = browser.open(fixture.gateway().api().resolve("/"));
      TestBrowser.Page out = browser.submit(account, "/sign-out", "x", "y");
      // At the provider, which asks, and then tells the gateway by the back channel.
      TestBrowser.Page asked = browser.open(URI.create(out.link("/session/end")));
      TestBrowser.Page done = browser.submit(asked, "/session/end/confirm", "logout", "yes");

      assertThat(done.uri()).isEqualTo(fixture.gateway().api().resolve("/signed-out"));
      assertThat(terminal.run("whoami").exitCode()).isEqualTo(3);
      assertThat(fixture.journal("sessionEnded"))
          .extracting(record -> record.path("by").asText())
          .contains("issuer corp");
    }
  }

  @Test
  void takesItsAccessTokensForAccessTokensOnly() throws Exception {
    JsonNode tokens = provider.tokens(SUBJECT);
    String access = tokens.path("access_token").asText();

    assertThat(fixture.api("GET", "/v1/me", access, "").status()).isEqualTo(200);
    assertThat(fixture.api("GET", "/v1/me", tokens.path("id_token").asText(), "").status())
        .isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", tokens.path("refresh_token").asText(), "").status())
        .isEqualTo(401);
    assertThat(fixture.readOrder("type=aad&ver=1.0&sig=" + access).status()).isEqualTo(401);
  }
}
