package dev.ephemeris.simulator.issuer;

import static dev.ephemeris.simulator.issuer.RunningIssuer.ALICE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CALLBACK;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CLI;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CONSOLE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.VERIFIER;
import static dev.ephemeris.simulator.issuer.RunningIssuer.code;
import static dev.ephemeris.simulator.issuer.RunningIssuer.error;
import static dev.ephemeris.simulator.issuer.RunningIssuer.formToken;
import static dev.ephemeris.simulator.issuer.RunningIssuer.json;
import static dev.ephemeris.simulator.issuer.RunningIssuer.location;
import static dev.ephemeris.simulator.issuer.RunningIssuer.redirect;
import static dev.ephemeris.simulator.issuer.RunningIssuer.request;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

final class AuthorizationCodeTest {
  @RegisterExtension static final RunningIssuer ISSUER = new RunningIssuer();

  @Test
  void sendsTheBrowserBackWithCodeStateAndIssuer() throws Exception {
    // When
    var response = ISSUER.pick("/authorize", ISSUER.visit("/authorize", request()), ALICE);
    // Then
    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(location(response)).startsWith(CALLBACK + "&");
    assertThat(redirect(response))
        .containsEntry("state", "a state & more")
        .containsEntry("iss", ISSUER.issuer())
        .containsKey("code");
  }

  @Test
  void givesAnAccessTokenForTheApi() throws Exception {
    // When
    var response = ISSUER.exchange(ISSUER.signIn(ALICE));
    // Then
    assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    var body = json(response);
    assertThat(body.getString("token_type")).isEqualTo("Bearer");
    assertThat(body.getInteger("expires_in")).isEqualTo(600);
    var claims = ISSUER.accepted(body.getString("access_token"), CONSOLE).orElseThrow();
    assertThat(claims.getSubject()).isEqualTo(ALICE.subject());
    assertThat(claims.getClaims())
        .containsEntry("azp", "console")
        .containsEntry("scope", "openid profile")
        .containsEntry("name", "Alice Abara")
        .containsEntry("preferred_username", "alice")
        .containsEntry("email", "alice@example.test")
        .containsEntry("amr", List.of("pwd", "otp", "mfa"))
        .containsEntry("auth_time", ISSUER.clock.instant().getEpochSecond())
        .containsKeys("jti", "sid");
  }

  @Test
  void givesAnIdTokenForTheClientBoundToNonceAndAccessToken() throws Exception {
    // When
    var body = json(ISSUER.exchange(ISSUER.signIn(ALICE)));
    // Then
    var id = ISSUER.relyingParty().idToken(body.getString("id_token"), CONSOLE).orElseThrow();
    assertThat(id.getClaims())
        .containsEntry("nonce", "n-1")
        .containsEntry("at_hash", halfHash(body.getString("access_token")));
    var access = ISSUER.accepted(body.getString("access_token"), CONSOLE).orElseThrow();
    assertThat(id.getClaim("sid")).isEqualTo(access.getClaim("sid"));
  }

  @Test
  void givesNoIdTokenThatWasNotAskedFor() throws Exception {
    // Given
    var query = request();
    query.put("scope", "profile");
    var page = ISSUER.visit("/authorize", query);
    // When
    var response = ISSUER.exchange(code(ISSUER.pick("/authorize", page, ALICE)));
    // Then
    assertThat(json(response).containsKey("access_token")).isTrue();
    assertThat(json(response).containsKey("id_token")).isFalse();
  }

  @Test
  void saysThatOneFactorWasOneFactor() throws Exception {
    // Given
    var form = formToken(ISSUER.visit("/authorize", request()));
    // When
    var back =
        ISSUER.post(
            "/authorize", Map.of("form", form, "person", ALICE.subject(), "one_factor", "yes"));
    // Then
    var token = json(ISSUER.exchange(code(back))).getString("access_token");
    assertThat(ISSUER.accepted(token, CONSOLE).orElseThrow().getClaim("amr"))
        .isEqualTo(List.of("pwd"));
  }

  @Test
  void tellsTheClientThatThePersonCancelled() throws Exception {
    // Given
    var form = formToken(ISSUER.visit("/authorize", request()));
    // When
    var response = ISSUER.post("/authorize", Map.of("form", form, "cancel", "yes"));
    // Then
    assertThat(redirect(response))
        .containsEntry("error", "access_denied")
        .doesNotContainKey("code");
  }

  @Test
  void takesAFormOnce() throws Exception {
    // Given
    var page = ISSUER.visit("/authorize", request());
    ISSUER.pick("/authorize", page, ALICE);
    // When
    var again = ISSUER.pick("/authorize", page, ALICE);
    // Then
    assertThat(again.statusCode()).isEqualTo(400);
    assertThat(again.headers().firstValue("Location")).isEmpty();
  }

  @ParameterizedTest(name = "{0}={1} is {2}")
  @CsvFileSource(resources = "refused-requests.csv", numLinesToSkip = 1)
  void tellsTheClientWhatIsWrongWithItsRequest(String parameter, String value, String error)
      throws Exception {
    // Given
    var query = request();
    query.put(parameter, value == null ? "" : value);
    // When
    var response = ISSUER.visit("/authorize", query);
    // Then
    assertThat(response.statusCode()).isEqualTo(303);
    assertThat(redirect(response))
        .containsEntry("error", error)
        .containsEntry("state", "a state & more")
        .containsEntry("iss", ISSUER.issuer());
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvFileSource(resources = "untrusted-requests.csv", numLinesToSkip = 1)
  void sendsNobodyToAnAddressThatIsNotRegistered(String parameter, String value) throws Exception {
    // Given
    var query = request();
    query.put(parameter, value == null ? "" : value);
    // When
    var response = ISSUER.visit("/authorize", query);
    // Then
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Location")).isEmpty();
    assertThat(response.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
  }

  @Test
  void refusesAParameterGivenTwice() throws Exception {
    // When
    var response =
        ISSUER.send(ISSUER.to("/authorize?" + RunningIssuer.encode(request()) + "&client_id=cli"));
    // Then
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).doesNotContain("<form");
  }

  @Test
  void usesACodeUpEvenByAWrongVerifier() throws Exception {
    // Given
    var code = ISSUER.signIn(ALICE);
    // When
    var wrong =
        ISSUER.post("/token", exchangeWith(code, "code_verifier", VERIFIER.replace('d', 'e')));
    // Then
    assertThat(error(wrong)).isEqualTo("invalid_grant");
    assertThat(error(ISSUER.exchange(code))).isEqualTo("invalid_grant");
  }

  @Test
  void bindsACodeToItsRedirectUri() throws Exception {
    var code = ISSUER.signIn(ALICE);
    var response =
        ISSUER.post(
            "/token", exchangeWith(code, "redirect_uri", "https://console.example.test/bye"));
    assertThat(error(response)).isEqualTo("invalid_grant");
  }

  @Test
  void bindsACodeToItsClient() throws Exception {
    var code = ISSUER.signIn(ALICE);
    var response = ISSUER.post("/token", exchangeWith(code, "client_id", CLI.clientId()));
    assertThat(error(response)).isEqualTo("invalid_grant");
  }

  @Test
  void forgetsACodeAfterAMinute() throws Exception {
    // Given
    var code = ISSUER.signIn(ALICE);
    // When
    ISSUER.clock.pass(Duration.ofMinutes(1));
    // Then
    assertThat(error(ISSUER.exchange(code))).isEqualTo("invalid_grant");
  }

  @Test
  void endsTheSignInWhoseCodeIsReplayed() throws Exception {
    // Given
    var code = ISSUER.signIn(ALICE);
    var body = json(ISSUER.exchange(code));
    // When
    var replay = ISSUER.exchange(code);
    // Then
    assertThat(error(replay)).isEqualTo("invalid_grant");
    assertThat(error(ISSUER.refresh(CONSOLE, body.getString("refresh_token"))))
        .isEqualTo("invalid_grant");
    assertThat(ISSUER.userInfo(body.getString("access_token")).statusCode()).isEqualTo(401);
  }

  private static Map<String, String> exchangeWith(String code, String parameter, String value) {
    var form = new LinkedHashMap<String, String>();
    form.put("grant_type", "authorization_code");
    form.put("client_id", CONSOLE.clientId());
    form.put("code", code);
    form.put("redirect_uri", CALLBACK);
    form.put("code_verifier", VERIFIER);
    form.put(parameter, value);
    return form;
  }

  private static String halfHash(String token) throws Exception {
    var hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(US_ASCII));
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 16));
  }
}
