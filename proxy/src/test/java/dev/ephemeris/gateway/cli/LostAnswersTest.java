package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Commands over a network that loses answers, and lists that are longer than a page. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostAnswersTest {

  private GatewayFixture fixture;
  private LosingProxy proxy;

  @BeforeAll
  void start() throws Exception {
    fixture = new GatewayFixture();
    proxy = new LosingProxy(fixture);
  }

  @AfterAll
  void stop() throws Exception {
    proxy.close();
    fixture.close();
  }

  private Terminal alice(Path home) {
    return Terminal.at(fixture, home)
        .with("EPHEMERIS_GATEWAY", proxy.url())
        .with("EPHEMERIS_TOKEN", fixture.token(GatewayFixture.ALICE));
  }

  private int issued() throws Exception {
    return fixture.journal("leaseIssued").size();
  }

  @Test
  void asksAgainAndHasItDoneOnce(@TempDir Path home) throws Exception {
    int before = issued();
    proxy.keys().clear();
    proxy.lose(2);

    Screen screen =
        alice(home).run("lease", "orders-prod/shop/orders", "--ttl", "10m", "-o", "json");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    JsonNode lease = screen.json();
    assertThat(fixture.readOrder(lease.path("token").textValue()).status()).isEqualTo(200);
    assertThat(issued()).isEqualTo(before + 1);
    assertThat(proxy.keys()).hasSize(3);
    assertThat(Set.copyOf(proxy.keys())).hasSize(1);
  }

  @Test
  void givesUpAfterAWhileAndTakesAnotherKeyForAnotherThing(@TempDir Path home) throws Exception {
    int before = issued();
    proxy.keys().clear();
    proxy.lose(3);

    Terminal terminal = alice(home);
    Screen lost = terminal.run("lease", "orders-prod/shop/orders");
    Screen next = terminal.run("lease", "orders-prod/shop/orders");

    assertThat(lost.exitCode()).isEqualTo(4);
    assertThat(lost.err()).contains("can't be reached");
    assertThat(next.exitCode()).as(next.err()).isZero();
    assertThat(issued()).isEqualTo(before + 2);
    assertThat(proxy.keys()).hasSize(4);
    assertThat(Set.copyOf(proxy.keys()))
        .hasSize(2)
        .allMatch(key -> key.matches("\"[0-9a-f-]{36}\""));
  }

  @Test
  void showsListsThatAreLongerThanAPage(@TempDir Path home) throws Exception {
    sessions(0, 2_500);

    Screen table = alice(home).run("sessions");
    Screen json = alice(home).run("sessions", "-o", "json");

    assertThat(table.exitCode()).as(table.err()).isZero();
    assertThat(table.err()).isEmpty();
    List<String> ids = json.json().path("sessions").findValuesAsText("id");
    assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(2_500);
    assertThat(ids).filteredOn(id -> id.startsWith("s-00")).hasSize(2_500);
    assertThat(table.out().lines().filter(line -> line.startsWith("s-00"))).hasSize(2_500);
    assertThat(json.json().has("next")).isFalse();

    sessions(2_500, 12_000);
    Screen most = alice(home).run("sessions", "-o", "json");

    assertThat(most.err()).contains("There is more than this");
    assertThat(most.json().path("sessions")).hasSize(GatewayClient.MOST_LISTED);
    assertThat(most.json().path("next").asText()).isNotEmpty();
  }

  /** Rows of sessions aren't sealed. */
  private void sessions(int from, int to) throws Exception {
    long at = ChronoUnit.MICROS.between(Instant.EPOCH, fixture.clock().instant());
    fixture.sql(
        """
        WITH RECURSIVE n (i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %d)
        INSERT INTO session (id, sign_in, issuer, subject, kind, client, address, started_at,
          ends_at)
        SELECT printf('s-00%%06x', i), 'sign-in ' || i, 'corp', 'sub-alice', 'PERSON', 'cli',
          '192.0.2.1', %d + i / 7, %d FROM n\
        """
            .formatted(from, to, at - 100_000_000, at));
  }
}
