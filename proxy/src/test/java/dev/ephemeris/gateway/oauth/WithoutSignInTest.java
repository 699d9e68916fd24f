package dev.ephemeris.gateway.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import java.io.IOException;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A gateway that has no issuer at which it could have people sign in. */
class WithoutSignInTest {

  private final GatewayFixture fixture;

  WithoutSignInTest() throws Exception {
    fixture = new GatewayFixture();
    fixture.configure(
        text ->
            text.replace(
                "signIn: { clientId: ephemeris-gateway, clientSecretFile: client.secret }", ""));
    fixture.restart();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void isNoAuthorizationServer() throws Exception {
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

  private GatewayFixture.Reply get(String path) throws IOException, InterruptedException {
    return fixture.send(HttpRequest.newBuilder(fixture.gateway().api().resolve(path)));
  }
}
