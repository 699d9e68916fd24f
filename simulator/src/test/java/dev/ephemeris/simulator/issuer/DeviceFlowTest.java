package dev.ephemeris.simulator.issuer;

import static dev.ephemeris.simulator.issuer.RunningIssuer.ALICE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CLI;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CONSOLE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.error;
import static dev.ephemeris.simulator.issuer.RunningIssuer.formToken;
import static dev.ephemeris.simulator.issuer.RunningIssuer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class DeviceFlowTest {
  @RegisterExtension static final RunningIssuer ISSUER = new RunningIssuer();

  @Test
  void letsInADeviceThatAPersonConfirms() throws Exception {
    // Given
    var device = begin();
    // When
    var done = ISSUER.pick("/device", confirmation(device), ALICE);
    // Then
    assertThat(done.body()).contains("go back to your device");
    var body = json(poll(device));
    var claims = ISSUER.accepted(body.getString("access_token"), CLI).orElseThrow();
    assertThat(claims.getSubject()).isEqualTo(ALICE.subject());
    assertThat(body.containsKey("id_token")).isTrue();
    assertThat(body.containsKey("refresh_token")).isTrue();
  }

  @Test
  void saysWhereToGoAndHowLongToWait() throws Exception {
    // When
    var device = begin();
    // Then
    assertThat(device.getString("verification_uri")).isEqualTo(ISSUER.issuer() + "/device");
    assertThat(device.getString("verification_uri_complete"))
        .isEqualTo(ISSUER.issuer() + "/device?user_code=" + device.getString("user_code"));
    assertThat(device.getString("user_code")).matches("[B-Z]{4}-[B-Z]{4}");
    assertThat(device.getInteger("expires_in")).isEqualTo(300);
    assertThat(device.getInteger("interval")).isPositive();
  }

  @Test
  void showsWhichClientAsksAndByWhichCode() throws Exception {
    // Given
    var device = begin();
    // When
    var page = confirmation(device);
    // Then
    assertThat(page.body()).contains("<strong>cli</strong>", device.getString("user_code"));
  }

  @Test
  void readsACodeHoweverItIsTyped() throws Exception {
    // Given
    var typed = begin().getString("user_code").replace("-", " ").toLowerCase(Locale.ROOT);
    // When
    var page = ISSUER.visit("/device", Map.of("user_code", typed));
    // Then
    assertThat(page.body()).contains("<strong>cli</strong>");
  }

  @Test
  void asksAgainForACodeThatNoDeviceShows() throws Exception {
    var page = ISSUER.visit("/device", Map.of("user_code", "BCDF-GHJK"));
    assertThat(page.body())
        .contains("No device waits for that code")
        .doesNotContain("name=\"person\"");
  }

  @Test
  void keepsADeviceWaitingUntilSomebodyAnswers() throws Exception {
    assertThat(error(poll(begin()))).isEqualTo("authorization_pending");
  }

  @Test
  void slowsDownADeviceThatAsksTooOften() throws Exception {
    // Given
    var device = begin();
    poll(device);
    // When
    var tooSoon = poll(device);
    // Then
    assertThat(error(tooSoon)).isEqualTo("slow_down");
    ISSUER.clock.pass(Duration.ofSeconds(5));
    assertThat(error(poll(device)))
        .as("one second and five more aren't over")
        .isEqualTo("slow_down");
    ISSUER.clock.pass(Duration.ofSeconds(11));
    assertThat(error(poll(device))).isEqualTo("authorization_pending");
  }

  @Test
  void tellsADeviceThatItWasTurnedAway() throws Exception {
    // Given
    var device = begin();
    // When
    ISSUER.post("/device", Map.of("form", formToken(confirmation(device)), "cancel", "yes"));
    // Then
    assertThat(error(poll(device))).isEqualTo("access_denied");
  }

  @Test
  void tellsADeviceThatNobodyAnsweredInTime() throws Exception {
    // Given
    var device = begin();
    // When
    ISSUER.clock.pass(Duration.ofMinutes(5));
    // Then
    assertThat(error(poll(device))).isEqualTo("expired_token");
    assertThat(confirmation(device).body()).contains("No device waits for that code");
  }

  @Test
  void letsNobodyAnswerADeviceThatHasExpired() throws Exception {
    // Given
    var device = begin();
    ISSUER.clock.pass(Duration.ofMinutes(4));
    var page = confirmation(device);
    // When
    ISSUER.clock.pass(Duration.ofMinutes(1));
    var late = ISSUER.pick("/device", page, ALICE);
    // Then
    assertThat(late.body()).contains("Too late");
    assertThat(error(poll(device))).isEqualTo("expired_token");
  }

  @Test
  void takesOneAnswerOnly() throws Exception {
    // Given
    var device = begin();
    var first = confirmation(device);
    var second = confirmation(device);
    ISSUER.post("/device", Map.of("form", formToken(first), "cancel", "yes"));
    // When
    var late = ISSUER.pick("/device", second, ALICE);
    // Then
    assertThat(late.body()).contains("Too late");
    assertThat(error(poll(device))).isEqualTo("access_denied");
  }

  @Test
  void takesAFormOnce() throws Exception {
    // Given
    var page = confirmation(begin());
    ISSUER.pick("/device", page, ALICE);
    // When
    var again = ISSUER.pick("/device", page, ALICE);
    // Then
    assertThat(again.statusCode()).isEqualTo(400);
  }

  @Test
  void givesTokensForADeviceCodeOnce() throws Exception {
    // Given
    var device = begin();
    ISSUER.pick("/device", confirmation(device), ALICE);
    poll(device);
    // When
    var again = poll(device);
    // Then
    assertThat(error(again)).isEqualTo("invalid_grant");
  }

  @Test
  void refusesDeviceCodesToAClientWithoutThem() throws Exception {
    var response = ISSUER.post("/device_authorization", Map.of("client_id", CONSOLE.clientId()));
    assertThat(error(response)).isEqualTo("unauthorized_client");
  }

  private static JsonObject begin() throws Exception {
    return json(
        ISSUER.post(
            "/device_authorization",
            Map.of("client_id", CLI.clientId(), "scope", "openid profile")));
  }

  private static HttpResponse<String> confirmation(JsonObject device) throws Exception {
    return ISSUER.visit("/device", Map.of("user_code", device.getString("user_code")));
  }

  private static HttpResponse<String> poll(JsonObject device) throws Exception {
    return ISSUER.post(
        "/token",
        Map.of(
            "grant_type", "urn:ietf:params:oauth:grant-type:device_code",
            "client_id", CLI.clientId(),
            "device_code", device.getString("device_code")));
  }
}
