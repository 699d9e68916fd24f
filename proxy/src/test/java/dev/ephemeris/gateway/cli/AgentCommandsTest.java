package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What acts for somebody, as they see it and stop it. */
class AgentCommandsTest {

  private static final Person COPILOT =
      new Person("sub-copilot", "copilot", "Copilot", "copilot@example.test");

  private static final Vertx VERTX = Vertx.vertx();
  private static GatewayFixture fixture;
  private static DevelopmentIssuer ci;

  private final Path home;

  AgentCommandsTest(@TempDir Path home) {
    this.home = home;
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    ci =
        DevelopmentIssuer.start(
                VERTX,
                new DevelopmentIssuer.Settings(
                    "127.0.0.1",
                    0,
                    List.of(COPILOT),
                    List.of(Client.open("copilot", Set.of(GrantType.REFRESH_TOKEN), List.of())),
                    "api://ephemeris",
                    Duration.ofHours(1)),
                fixture.clock())
            .await();
    fixture.configure(
        text ->
            text.replace(
                "catalog:",
                """
                  - name: ci
                    issuer: %s
                    audiences: { api: api://ephemeris }
                    clients: [copilot]
                    principal: workload
                    userAnnotation: example.com/workload
                catalog:\
                """
                    .formatted(ci.issuer())));
    Path policy = fixture.folder().resolve("policy.yaml");
    Files.writeString(
        policy,
        Files.readString(policy)
            + """
              - name: agents read for it
                for: { principal: agent }
                role: data-reader
                scopes: ["orders-prod:/dbs/shop/colls/orders"]
            """);
    fixture.restart();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
    VERTX.close().await();
  }

  private Terminal terminal(String token) {
    return Terminal.at(fixture, home).with("EPHEMERIS_TOKEN", token);
  }

  /** Alice's terminal, by a sign-in after all before, with a copilot that acts for her by it. */
  private Terminal alice() throws Exception {
    fixture.clock().advance(Duration.ofSeconds(2));
    String token =
        fixture
            .issuer()
            .accessToken(
                ALICE,
                GatewayFixture.CLIENT,
                claims -> claims.claim("auth_time", fixture.clock().instant().getEpochSecond()));
    Reply lease = fixture.exchange(token, ci.accessToken(COPILOT, "copilot", claims -> {}));
    assertThat(lease.status()).as(lease.body()).isEqualTo(200);
    return terminal(token);
  }

  @Test
  void listsThemWithWhatTheyHave() throws Exception {
    Screen listed = alice().run("agents");

    assertThat(listed.exitCode()).as(listed.err()).isZero();
    assertThat(listed.out())
        .containsPattern("ID +AGENT +PRINCIPAL +SINCE +SESSIONS +LEASES")
        .containsPattern("ag-[0-9a-f]{32} +ci:sub-copilot +ci:sub-copilot ")
        .contains("data-reader on " + GatewayFixture.ORDERS);
    assertThat(terminal(fixture.token(BOB)).run("agents").out())
        .isEqualTo("No agent acts for you.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"principal", "id"})
  void stopsOneByWhatItIsShownAs(String field) throws Exception {
    Terminal alice = alice();
    String name = alice.run("agents", "-o", "json").json().at("/agents/0/" + field).asText();

    Screen stopped = alice.run("agents", "stop", name);

    assertThat(stopped.exitCode()).as(stopped.err()).isZero();
    assertThat(stopped.out())
        .containsPattern("Ended \\d+ sessions? and \\d+ leases?\\. Block b-[a-z2-7]{20} keeps it");
    assertThat(alice.run("agents").out()).isEqualTo("No agent acts for you.\n");
    assertThat(alice.run("blocks").out())
        .contains("agent ci:sub-copilot, acting for corp:sub-alice");
    Screen again = alice.run("agents", "stop", name);
    assertThat(again.exitCode()).isEqualTo(1);
    assertThat(again.err()).contains("No agent “" + name + "” acts for you.");
  }
}
