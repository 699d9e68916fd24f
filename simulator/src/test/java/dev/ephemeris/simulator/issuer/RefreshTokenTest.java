package dev.ephemeris.simulator.issuer;

import static dev.ephemeris.simulator.issuer.RunningIssuer.ALICE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CLI;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CONSOLE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.error;
import static dev.ephemeris.simulator.issuer.RunningIssuer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class RefreshTokenTest {
  @RegisterExtension static final RunningIssuer ISSUER = new RunningIssuer();

  @Test
  void continuesTheSameSignIn() throws Exception {
    // Given
    var first = signIn();
    ISSUER.clock.pass(Duration.ofMinutes(9));
    // When
    var second = refresh(first);
    // Then
    var before = ISSUER.accepted(first.getString("access_token"), CONSOLE).orElseThrow();
    var after = ISSUER.accepted(second.getString("access_token"), CONSOLE).orElseThrow();
    assertThat(after.getClaim("sid")).isEqualTo(before.getClaim("sid"));
    assertThat(after.getClaim("auth_time")).isEqualTo(before.getClaim("auth_time"));
    assertThat(after.getJWTID()).isNotEqualTo(before.getJWTID());
    assertThat(after.getExpirationTime()).isAfter(before.getExpirationTime());
  }

  @Test
  void leavesTheNonceToTheFirstIdToken() throws Exception {
    var second = refresh(signIn());
    var id = ISSUER.relyingParty().idToken(second.getString("id_token"), CONSOLE).orElseThrow();
    assertThat(id.getClaims()).doesNotContainKey("nonce");
  }

  @Test
  void rotates() throws Exception {
    // Given
    var first = signIn();
    var second = refresh(first);
    // When
    var third = refresh(second);
    // Then
    assertThat(first.getString("refresh_token"))
        .isNotEqualTo(second.getString("refresh_token"))
        .isNotEqualTo(third.getString("refresh_token"));
  }

  @Test
  void endsTheWholeFamilyWhenOneIsReused() throws Exception {
    // Given
    var first = signIn();
    var second = refresh(first);
    // When
    var reuse = ISSUER.refresh(CONSOLE, first.getString("refresh_token"));
    // Then
    assertThat(error(reuse)).isEqualTo("invalid_grant");
    assertThat(error(ISSUER.refresh(CONSOLE, second.getString("refresh_token"))))
        .isEqualTo("invalid_grant");
    assertThat(ISSUER.userInfo(second.getString("access_token")).statusCode()).isEqualTo(401);
  }

  @Test
  void leavesOtherSignInsAloneWhenOneIsReused() throws Exception {
    // Given
    var other = signIn();
    var first = signIn();
    refresh(first);
    // When
    ISSUER.refresh(CONSOLE, first.getString("refresh_token"));
    // Then
    assertThat(refresh(other).containsKey("access_token")).isTrue();
  }

  @Test
  void belongsToOneClient() throws Exception {
    // Given
    var body = signIn();
    // When
    var stolen = ISSUER.refresh(CLI, body.getString("refresh_token"));
    // Then
    assertThat(error(stolen)).isEqualTo("invalid_grant");
    assertThat(refresh(body).containsKey("access_token")).isTrue();
  }

  @Test
  void endsTwelveHoursAfterItsLastUse() throws Exception {
    // Given
    var body = signIn();
    // When
    ISSUER.clock.pass(Duration.ofHours(12));
    // Then
    assertThat(error(ISSUER.refresh(CONSOLE, body.getString("refresh_token"))))
        .isEqualTo("invalid_grant");
  }

  @Test
  void isNothingThatCanBeMadeUp() throws Exception {
    assertThat(error(ISSUER.refresh(CONSOLE, "made.up"))).isEqualTo("invalid_grant");
    assertThat(error(ISSUER.refresh(CONSOLE, "madeup"))).isEqualTo("invalid_grant");
  }

  private static JsonObject signIn() throws Exception {
    return json(ISSUER.exchange(ISSUER.signIn(ALICE)));
  }

  private static JsonObject refresh(JsonObject body) throws Exception {
    return json(ISSUER.refresh(CONSOLE, body.getString("refresh_token")));
  }
}
