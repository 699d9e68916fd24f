package dev.ephemeris.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases as they come and go, and what is told while nobody can know. */
class LeaseMetricsTest {

  private final GatewayFixture fixture;

  LeaseMetricsTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void countsLeasesAsTheyComeAndGo() throws Exception {
    assertLeases(0, 0, 0, 0);

    JsonNode first = fixture.lease();
    fixture.lease();
    fixture.lease();
    assertLeases(3, 0, 0, 3);

    String path = "/v1/leases/" + first.at("/lease/id").textValue();
    fixture.api("DELETE", path, fixture.token(GatewayFixture.ALICE), "");
    fixture.api("DELETE", path, fixture.token(GatewayFixture.ALICE), "");
    assertLeases(3, 1, 0, 2);

    fixture.clock().advance(Duration.ofHours(2));
    assertLeases(3, 1, 2, 0);
    assertLeases(3, 1, 2, 0);
  }

  @Test
  void anExpiryIsCountedOnceByHoweverManyAsk() throws Exception {
    fixture.lease();
    fixture.lease();
    fixture.clock().advance(Duration.ofHours(2));

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var scrape : threads.invokeAll(Collections.nCopies(16, () -> Scrape.of(fixture)))) {
        scrape.get();
      }
    }

    assertLeases(2, 0, 2, 0);
  }

  @Test
  void otherLanesHaveNone() throws Exception {
    fixture.lease();

    Scrape scrape = Scrape.of(fixture);

    for (String lane : new String[] {"token", "rbac"}) {
      assertThat(scrape.value("ephemeris_leases_active{lane=\"" + lane + "\"}")).isZero();
      assertThat(scrape.value("ephemeris_leases_issued_total{lane=\"" + lane + "\"}")).isZero();
    }
  }

  @Test
  void whatExpiresBetweenStartsIsNotCountedAgain() throws Exception {
    fixture.lease();
    fixture.clock().advance(Duration.ofHours(2));

    fixture.restart();

    assertLeases(0, 0, 0, 0);
  }

  @Test
  void aStoreThatDoesNotAnswerIsToldAsSuch() throws Exception {
    String token = fixture.lease().path("token").textValue();
    fixture.restart(); // so that the lease must be looked up
    try (Connection store = fixture.store();
        Statement sql = store.createStatement()) {
      sql.execute("ALTER TABLE lease RENAME TO elsewhere");

      Reply read = fixture.readOrder(token);
      Scrape scrape = Scrape.of(fixture);

      assertThat(read.status()).isEqualTo(503);
      assertThat(read.json().path("message").textValue()).contains("store");
      assertThat(
              scrape.value(
                  "ephemeris_requests_total"
                      + "{decision=\"fail\",operation=\"READ_ITEM\",reason=\"store\"}"))
          .isEqualTo(1);
      assertThat(scrape.value("ephemeris_leases_active{lane=\"proxy\"}")).isNaN();

      sql.execute("ALTER TABLE elsewhere RENAME TO lease");
    }
    assertLeases(0, 0, 0, 1);
    assertThat(fixture.readOrder(token).status()).isEqualTo(200);
  }

  private void assertLeases(int issued, int revoked, int expired, int active) throws Exception {
    Scrape scrape = Scrape.of(fixture);
    assertThat(
            new double[] {
              scrape.value("ephemeris_leases_issued_total{lane=\"proxy\"}"),
              scrape.value("ephemeris_leases_ended_total{how=\"revoked\",lane=\"proxy\"}"),
              scrape.value("ephemeris_leases_ended_total{how=\"expired\",lane=\"proxy\"}"),
              scrape.value("ephemeris_leases_active{lane=\"proxy\"}")
            })
        .containsExactly(issued, revoked, expired, active);
  }
}
