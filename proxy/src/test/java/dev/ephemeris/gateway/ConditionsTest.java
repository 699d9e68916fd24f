package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules for some moments: asked about when a lease is given, and again on each request. */
class ConditionsTest {

  private final GatewayFixture fixture;

  ConditionsTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private void when(String conditions) throws Exception {
    Path policy = fixture.folder().resolve("policy.yaml");
    Files.writeString(
        policy,
        Files.readString(policy)
            .replaceAll("(?m)^    when: .*\\n", "")
            .replace("    ttl:", "    when: { " + conditions + " }\n    ttl:"));
    fixture.restart();
  }

  /** Hours around now, as the clock of the gateway tells it. */
  private String hours() {
    LocalTime now = LocalTime.ofInstant(fixture.clock().instant(), ZoneOffset.UTC);
    return "window: { from: '%s', to: '%s', zone: UTC }"
        .formatted(
            now.minusHours(2).truncatedTo(ChronoUnit.MINUTES),
            now.plusHours(2).truncatedTo(ChronoUnit.MINUTES));
  }

  @Test
  void aLeaseWorksWithinItsHoursOnly() throws Exception {
    when(hours());
    String lease = fixture.lease().path("token").textValue();
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    when(hours().replaceAll("to: '..:..'", "to: '" + within(-1) + "'"));

    GatewayFixture.Reply late = fixture.readOrder(lease);
    assertThat(late.status()).isEqualTo(403);
    assertThat(late.body()).contains("items/read", "no rule allows it");
  }

  private LocalTime within(int hours) {
    return LocalTime.ofInstant(fixture.clock().instant(), ZoneOffset.UTC)
        .plusHours(hours)
        .truncatedTo(ChronoUnit.MINUTES);
  }

  @Test
  void aLeaseWorksFromItsNetworkOnly() throws Exception {
    when("network: [127.0.0.0/8]");
    String lease = fixture.lease().path("token").textValue();
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);

    when("network: [192.0.2.0/24]");

    assertThat(fixture.readOrder(lease).status()).isEqualTo(403);
    JsonNode decision = fixture.journal("decision").getLast();
    assertThat(decision.path("reason").textValue()).isEqualTo("no-rule");
  }

  @Test
  void noLeaseIsGivenAtAnotherMoment() throws Exception {
    when("network: [192.0.2.0/24]");

    GatewayFixture.Reply refused =
        fixture.api(
            "POST",
            "/v1/leases",
            fixture.token(GatewayFixture.ALICE),
            "{\"scope\":\"" + GatewayFixture.ORDERS + "\",\"ttlSeconds\":3600}");

    assertThat(refused.status()).isEqualTo(403);
    GatewayFixture.Reply why =
        fixture.api(
            "POST",
            "/v1/explain",
            fixture.token(GatewayFixture.ALICE),
            "{\"action\":\"items/read\",\"scope\":\"" + GatewayFixture.ORDERS + "\"}");
    assertThat(why.json().path("text").textValue())
        .contains("near miss  the team reads orders", "it is for request from 192.0.2.0/24");
  }
}
