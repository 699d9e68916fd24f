package dev.ephemeris.simulator.issuer;

import static dev.ephemeris.simulator.issuer.RunningIssuer.ALICE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.AUDIENCE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CLI;
import static dev.ephemeris.simulator.issuer.RunningIssuer.CONSOLE;
import static dev.ephemeris.simulator.issuer.RunningIssuer.JOB;
import static dev.ephemeris.simulator.issuer.RunningIssuer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DevelopmentIssuerTest {
  @RegisterExtension static final RunningIssuer ISSUER = new RunningIssuer();

  @Test
  void publishesItsExactNameAndEndpointsBelowIt() throws Exception {
    // When
    var document = json(ISSUER.send(ISSUER.to("/.well-known/openid-configuration")));
    // Then
    assertThat(document.getString("issuer")).isEqualTo(ISSUER.issuer());
    assertThat(document.fieldNames().stream().filter(name -> name.endsWith("_endpoint")))
        .hasSize(5)
        .allSatisfy(name -> assertThat(document.getString(name)).startsWith(ISSUER.issuer() + "/"));
    assertThat(document.getJsonArray("code_challenge_methods_supported")).containsExactly("S256");
    assertThat(document.getBoolean("authorization_response_iss_parameter_supported")).isTrue();
  }

  @Test
  void servesEachEndpointThatItPublishes() throws Exception {
    var document = json(ISSUER.send(ISSUER.to("/.well-known/openid-configuration")));
    for (var name : document.fieldNames()) {
      if (name.endsWith("_endpoint") || name.equals("jwks_uri")) {
        var path = document.getString(name).substring(ISSUER.issuer().length());
        assertThat(ISSUER.send(ISSUER.to(path)).statusCode()).as(name).isNotEqualTo(404);
      }
    }
  }

  @Test
  void publishesNoPrivateKey() throws Exception {
    var keys = json(ISSUER.send(ISSUER.to("/jwks"))).getJsonArray("keys");
    assertThat(keys.getJsonObject(0).fieldNames())
        .containsExactlyInAnyOrder("kty", "use", "alg", "kid", "n", "e");
  }

  @Test
  void mintsAccessTokensForPeopleAndWorkloads() throws Exception {
    assertThat(ISSUER.accepted(ISSUER.get().accessToken(ALICE, "cli"), CLI)).isPresent();
    assertThat(ISSUER.accepted(ISSUER.get().workloadToken(JOB.clientId()), JOB)).isPresent();
  }

  @Test
  void mintsWithOtherClaims() throws Exception {
    // When
    var token =
        ISSUER.get().accessToken(ALICE, "cli", claims -> claims.claim("amr", List.of("pwd")));
    // Then
    assertThat(ISSUER.accepted(token, CLI).orElseThrow().getClaim("amr")).isEqualTo(List.of("pwd"));
  }

  @Test
  void mintsNothingForAClientThatDoesNotExist() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ISSUER.get().accessToken(ALICE, "nobody"));
  }

  @ParameterizedTest
  @EnumSource
  void makesTokensThatACarefulRelyingPartyRefuses(TokenFault fault) throws Exception {
    assertThat(ISSUER.accepted(ISSUER.get().faultyToken(fault, ALICE, "cli"), CLI)).isEmpty();
  }

  @Test
  void keepsTheLastKeyPublishedThroughOneRotation() throws Exception {
    // Given
    var token = ISSUER.get().accessToken(ALICE, "cli");
    // When
    ISSUER.get().rotateKeys();
    // Then
    assertThat(ISSUER.accepted(token, CLI)).isPresent();
    assertThat(ISSUER.accepted(ISSUER.get().accessToken(ALICE, "cli"), CLI)).isPresent();
    ISSUER.get().rotateKeys();
    assertThat(ISSUER.accepted(token, CLI)).isEmpty();
  }

  @Test
  void describesTheBearerOfAnAccessToken() throws Exception {
    // When
    var described = json(ISSUER.userInfo(ISSUER.get().accessToken(ALICE, "cli")));
    // Then
    assertThat(described.getString("sub")).isEqualTo(ALICE.subject());
    assertThat(described.getString("email")).isEqualTo("alice@example.test");
  }

  @Test
  void describesNobodyForATokenThatIsExpiredOrNoAccessTokenOfAPerson() throws Exception {
    // Given
    var expired = ISSUER.get().faultyToken(TokenFault.EXPIRED, ALICE, "cli");
    var id = ISSUER.get().faultyToken(TokenFault.ID_TOKEN, ALICE, "cli");
    var workload = ISSUER.get().workloadToken(JOB.clientId());
    // Then
    for (var token : List.of(expired, id, workload, "rubbish")) {
      var response = ISSUER.userInfo(token);
      assertThat(response.statusCode()).isEqualTo(401);
      assertThat(response.headers().firstValue("WWW-Authenticate"))
          .contains("Bearer error=\"invalid_token\"");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "localhost", "issuer.example.test", ""})
  void startsOnLoopbackAddressesOnly(String host) {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new DevelopmentIssuer.Settings(
                    host, 0, List.of(ALICE), List.of(CONSOLE), AUDIENCE, Duration.ofMinutes(1)));
  }
}
