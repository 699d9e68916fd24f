package dev.ephemeris.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.mcp.AgentClient;
import dev.ephemeris.simulator.issuer.Person;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestRateTest {

  /** Whoever asks too often is told when to come again, and nobody else is kept waiting by that. */
  @Test
  void isBoundedForEachPrincipalAlone() throws Exception {
    try (GatewayFixture fixture = new GatewayFixture()) {
      fixture.configure(text -> text + "limits: { apiRequestsPerMinute: 3 }\n");
      fixture.restart();
      String alice = fixture.token(GatewayFixture.ALICE);
      for (int i = 0; i < 3; i++) {
        assertThat(fixture.api("GET", "/v1/me", alice, "").status()).isEqualTo(200);
      }

      Reply slowed = fixture.api("GET", "/v1/leases", alice, "");

      assertThat(slowed.status()).isEqualTo(429);
      assertThat(Integer.parseInt(slowed.header("retry-after"))).isBetween(1, 20);
      assertThat(slowed.json().path("type").asText()).isEqualTo("urn:ephemeris:problem:busy");
      assertThat(slowed.detail()).contains("more than 3 things in a minute");
      // The same principal by another token.
      assertThat(fixture.api("GET", "/v1/me", fixture.token(GatewayFixture.ALICE), "").status())
          .isEqualTo(429);
      assertThat(fixture.api("GET", "/v1/me", fixture.token(GatewayFixture.BOB), "").status())
          .isEqualTo(200);
      fixture.clock().advance(Duration.ofSeconds(20));
      assertThat(fixture.api("GET", "/v1/me", alice, "").status()).isEqualTo(200);
    }
  }

  /** Everybody's local agent is the same one: who lets theirs loose slows nobody else's. */
  @Test
  void ofAgentsIsBoundedForEachThatTheyActFor() throws Exception {
    try (GatewayFixture fixture = new GatewayFixture()) {
      fixture.configure(text -> text + "limits: { apiRequestsPerMinute: 3 }\n");
      fixture.restart();
      String alices = agent(fixture, GatewayFixture.ALICE);
      String anotherOfHers = agent(fixture, GatewayFixture.ALICE);
      String bobs = agent(fixture, GatewayFixture.BOB);
      for (int i = 0; i < 3; i++) {
        assertThat(atDoor(fixture, alices)).isEqualTo(406);
      }

      assertThat(atDoor(fixture, alices)).isEqualTo(429);
      assertThat(atDoor(fixture, anotherOfHers)).isEqualTo(429);
      assertThat(atDoor(fixture, bobs)).isEqualTo(406);
    }
  }

  private static String agent(GatewayFixture fixture, Person person) throws Exception {
    Reply given = AgentClient.exchange(fixture, fixture.token(person), Map.of());
    return given.json().path("access_token").asText();
  }

  /** Asks for what isn't to be had there, after who asks was looked at. */
  private static int atDoor(GatewayFixture fixture, String token) throws Exception {
    return fixture.api("GET", "/mcp", token, "").status();
  }
}
