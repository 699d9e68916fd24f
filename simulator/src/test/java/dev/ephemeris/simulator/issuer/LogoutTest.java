package dev.ephemeris.simulator.issuer;

import static dev.ephemeris.simulator.issuer.RunningIssuer.ALICE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CONSOLE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.error;
import static dev.ephemeris.simulator.issuer.RunningIssuer.json;
import static dev.ephemeris.simulator.issuer.RunningIssuer.location;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class LogoutTest {
  @RegisterExtension static final RunningIssuer ISSUER = new RunningIssuer();
  private static final String BYE = "https://console.example.test/bye";

  @Test
  void endsTheSignInAndSendsTheBrowserBack() throws Exception {
    // Given
    var body = signIn();
    // When
    var response =
        ISSUER.visit(
            "/logout",
            Map.of(
                "id_token_hint",
                body.getString("id_token"),
                "post_logout_redirect_uri",
                BYE,
                "state",
                "s"));
    // Then
    assertThat(location(response)).isEqualTo(BYE + "?state=s");
    assertThat(error(ISSUER.refresh(CONSOLE, body.getString("refresh_token"))))
        .isEqualTo("invalid_grant");
    assertThat(ISSUER.userInfo(body.getString("access_token")).statusCode()).isEqualTo(401);
  }

  @Test
  void takesAnIdTokenThatHasExpired() throws Exception {
    // Given
    var body = signIn();
    ISSUER.clock.pass(Duration.ofHours(1));
    // When
    var response = ISSUER.post("/logout", Map.of("id_token_hint", body.getString("id_token")));
    // Then
    assertThat(response.body()).contains("Signed out");
    assertThat(error(ISSUER.refresh(CONSOLE, body.getString("refresh_token"))))
        .isEqualTo("invalid_grant");
  }

  @Test
  void sendsNobodyToAnAddressThatIsNotRegistered() throws Exception {
    var response =
        ISSUER.visit(
            "/logout",
            Map.of(
                "id_token_hint",
                signIn().getString("id_token"),
                "post_logout_redirect_uri",
                "https://evil.test/"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Location")).isEmpty();
  }

  @Test
  void endsNothingForATokenThatIsNoIdToken() throws Exception {
    // Given
    var body = signIn();
    // When
    var response = ISSUER.visit("/logout", Map.of("id_token_hint", body.getString("access_token")));
    // Then
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(ISSUER.userInfo(body.getString("access_token")).statusCode()).isEqualTo(200);
  }

  private static JsonObject signIn() throws Exception {
    return json(ISSUER.exchange(ISSUER.signIn(ALICE)));
  }
}
