package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.issuer.TokenFault;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Somebody who tries and tries, and somebody honest beside them, from the same address. */
class SlowedTest {

  private final GatewayFixture fixture;

  SlowedTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private String forged() {
    return fixture
        .issuer()
        .faultyToken(TokenFault.TAMPERED_PAYLOAD, GatewayFixture.ALICE, GatewayFixture.CLIENT);
  }

  private Reply failUntilSlowed(Attempt attempt) throws Exception {
    for (int i = 0; i < 200; i++) {
      Reply reply = attempt.make();
      if (reply.status() == 429) {
        return reply;
      }
      assertThat(reply.status()).isEqualTo(401);
    }
    throw new AssertionError("nobody is slowed");
  }

  private interface Attempt {
    Reply make() throws Exception;
  }

  @Test
  void slowsWhoFailsAtTheApiAndNobodyElse() throws Exception {
    String honest = fixture.token(GatewayFixture.ALICE);
    String forged = forged();

    Reply slowed = failUntilSlowed(() -> fixture.api("GET", "/v1/me", forged, ""));

    assertThat(slowed.header("retry-after")).isEqualTo("1");
    assertThat(slowed.json().path("type").asText())
        .isEqualTo("urn:ephemeris:problem:too-many-failures");
    assertThat(slowed.detail()).contains("a token that is good is let in at any time");
    assertThat(fixture.api("GET", "/v1/me", honest, "").status()).isEqualTo(200);
    assertThat(fixture.api("GET", "/v1/me", fixture.token(GatewayFixture.BOB), "").status())
        .isEqualTo(200);
  }

  @Test
  void slowsWhoFailsAtTheDataPlaneInTheWordsOfCosmos() throws Exception {
    String honest = fixture.lease().path("token").asText();
    String forged = "type=aad&ver=1.0&sig=" + forged();

    Reply slowed = failUntilSlowed(() -> fixture.readOrder(forged));

    assertThat(Long.parseLong(slowed.header("x-ms-retry-after-ms"))).isBetween(1L, 1_000L);
    assertThat(slowed.json().path("message").asText()).contains("let in at any time");
    assertThat(fixture.readOrder(honest).status()).isEqualTo(200);
  }

  /**
   * Whoever floods the gateway doesn't fill its journal, and the journal says how many they were.
   */
  @Test
  void recordsWhatWasSlowedByItsNumber() throws Exception {
    String forged = forged();
    failUntilSlowed(() -> fixture.api("GET", "/v1/me", forged, ""));
    int recorded = fixture.journal("authenticationFailed").size();

    for (int i = 0; i < 20; i++) {
      fixture.api("GET", "/v1/me", forged, "");
    }
    int meanwhile = fixture.journal("authenticationFailed").size();
    fixture.clock().advance(Duration.ofSeconds(2));
    fixture.api("GET", "/v1/me", forged, "");

    // A second may pass on a slow machine, and with it one is answered as ever.
    assertThat(meanwhile - recorded).isLessThan(15);
    assertThat(fixture.journal("authenticationFailed").getLast().path("reason").asText())
        .containsPattern("\\(and [0-9]+ more from there since, which were slowed\\)");
  }
}
