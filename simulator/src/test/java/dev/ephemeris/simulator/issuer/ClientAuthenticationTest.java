package dev.ephemeris.simulator.issuer;

import static dev.ephemeris.simulator.issuer.RunningIssuer.CLI;
import static dev.ephemeris.simulator.issuer.RunningIssuer.JOB;
import static dev.ephemeris.simulator.issuer.RunningIssuer.encode;
import static dev.ephemeris.simulator.issuer.RunningIssuer.error;
import static dev.ephemeris.simulator.issuer.RunningIssuer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class ClientAuthenticationTest {
  @RegisterExtension static final RunningIssuer ISSUER = new RunningIssuer();
  private static final String SECRET = "s3cr%t: +?";

  @Test
  void takesASecretFromTheForm() throws Exception {
    // When
    var response =
        ISSUER.post(
            "/token",
            Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                JOB.clientId(),
                "client_secret",
                SECRET));
    // Then
    var claims = ISSUER.accepted(json(response).getString("access_token"), JOB).orElseThrow();
    assertThat(claims.getSubject()).isEqualTo(JOB.clientId());
    assertThat(claims.getClaims()).doesNotContainKeys("sid", "auth_time", "name", "email");
    assertThat(json(response).containsKey("refresh_token")).isFalse();
  }

  @Test
  void takesASecretFromTheHeader() throws Exception {
    assertThat(withBasic(JOB.clientId(), SECRET).statusCode()).isEqualTo(200);
  }

  @Test
  void refusesAWrongSecret() throws Exception {
    // When
    var response = withBasic(JOB.clientId(), "wrong");
    // Then
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(error(response)).isEqualTo("invalid_client");
    assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
  }

  @Test
  void refusesAConfidentialClientWithoutItsSecret() throws Exception {
    var response =
        ISSUER.post(
            "/token", Map.of("grant_type", "client_credentials", "client_id", JOB.clientId()));
    assertThat(error(response)).isEqualTo("invalid_client");
  }

  @Test
  void refusesASecretInBothPlaces() throws Exception {
    var form = encode(Map.of("grant_type", "client_credentials", "client_secret", SECRET));
    var response =
        ISSUER.send(
            ISSUER.posting("/token", form).header("Authorization", basic(JOB.clientId(), SECRET)));
    assertThat(error(response)).isEqualTo("invalid_client");
  }

  @Test
  void refusesAClientThatNamesItselfTwiceDifferently() throws Exception {
    var form = encode(Map.of("grant_type", "client_credentials", "client_id", CLI.clientId()));
    var response =
        ISSUER.send(
            ISSUER.posting("/token", form).header("Authorization", basic(JOB.clientId(), SECRET)));
    assertThat(error(response)).isEqualTo("invalid_client");
  }

  @Test
  void refusesAGrantTypeThatTheClientMayNotUse() throws Exception {
    var response =
        ISSUER.post(
            "/token", Map.of("grant_type", "client_credentials", "client_id", CLI.clientId()));
    assertThat(error(response)).isEqualTo("unauthorized_client");
  }

  @Test
  void refusesAGrantTypeThatNobodyKnows() throws Exception {
    var response =
        ISSUER.post("/token", Map.of("grant_type", "password", "client_id", CLI.clientId()));
    assertThat(error(response)).isEqualTo("unsupported_grant_type");
  }

  @Test
  void refusesAParameterGivenTwice() throws Exception {
    var response =
        ISSUER.send(
            ISSUER.posting("/token", "grant_type=refresh_token&client_id=cli&client_id=cli"));
    assertThat(error(response)).isEqualTo("invalid_request");
  }

  @Test
  void readsNoParametersFromTheQuery() throws Exception {
    var response = ISSUER.send(ISSUER.posting("/token?client_id=cli", "grant_type=refresh_token"));
    assertThat(error(response)).isEqualTo("invalid_client");
  }

  @Property
  void readsAnyHeaderWithoutFailing(@ForAll String header) {
    var form = new Parameters(Map.of());
    assertThatCode(() -> ClientAuthentication.parse(Optional.of(header), form))
        .doesNotThrowAnyException();
    var encoded = "Basic " + Base64.getEncoder().encodeToString(header.getBytes(UTF_8));
    assertThatCode(() -> ClientAuthentication.parse(Optional.of(encoded), form))
        .doesNotThrowAnyException();
  }

  private static HttpResponse<String> withBasic(String id, String secret) throws Exception {
    var form = encode(Map.of("grant_type", "client_credentials"));
    return ISSUER.send(ISSUER.posting("/token", form).header("Authorization", basic(id, secret)));
  }

  private static String basic(String id, String secret) {
    var pair = URLEncoder.encode(id, UTF_8) + ":" + URLEncoder.encode(secret, UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }
}
