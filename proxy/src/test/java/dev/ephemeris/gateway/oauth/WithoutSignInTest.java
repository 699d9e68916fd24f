package dev.ephemeris.gateway.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway that has no issuer at which it could have people sign in, or no more. */
class WithoutSignInTest {

  private static final String BACK = "http://127.0.0.1:43210/callback";

  private final GatewayFixture fixture = new GatewayFixture();

  WithoutSignInTest() throws Exception {}

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private void takeSignInAway() throws Exception {
    fixture.configure(
        text ->
            text.replace(
                "signIn: { clientId: ephemeris-gateway, clientSecretFile: client.secret }", ""));
    fixture.restart();
  }

  @Test
  void isNoAuthorizationServer() throws Exception {
    takeSignInAway();

    for (String path :
        new String[] {
          "/.well-known/oauth-authorization-server", "/oauth/authorize", "/sign-in", "/device", "/"
        }) {
      assertThat(get(path).status()).as(path).isEqualTo(401);
    }
    assertThat(get("/.well-known/oauth-protected-resource").json().path("authorization_servers"))
        .hasSize(1);
    assertThat(get("/v1/sign-in").json().has("gateway")).isFalse();
  }

  /** What it gave when people still signed in by it. */
  @Test
  void takesNoTokenOfPeopleOfAnIssuerThatIsNoMore() throws Exception {
    String token = token();
    fixture.restart();
    assertThat(fixture.api("GET", "/v1/me", token, "").status()).isEqualTo(200);

    takeSignInAway();

    assertThat(fixture.api("GET", "/v1/me", token, "").status()).isEqualTo(401);
  }

  private String token() throws Exception {
    URI authorize =
        fixture
            .gateway()
            .api()
            .resolve(
                "/oauth/authorize?response_type=code&client_id=ephemeris-cli&redirect_uri="
                    + BACK
                    + "&code_challenge_method=S256"
                    + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    try (TestBrowser browser = new TestBrowser(fixture.certificate())) {
      TestBrowser.Page consent = browser.signIn(authorize, GatewayFixture.ALICE.subject());
      String code = browser.submit(consent, "/oauth/authorize", "answer", "allow").query("code");
      return fixture
          .send(
              HttpRequest.newBuilder(fixture.gateway().api().resolve("/oauth/token"))
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "grant_type=authorization_code&client_id=ephemeris-cli&code="
                              + code
                              + "&redirect_uri="
                              + BACK
                              + "&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")))
          .json()
          .path("access_token")
          .asText();
    }
  }

  private GatewayFixture.Reply get(String path) throws IOException, InterruptedException {
    return fixture.send(HttpRequest.newBuilder(fixture.gateway().api().resolve(path)));
  }
}
