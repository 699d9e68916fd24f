package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.Copilot;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What acts for somebody, as they see it and stop it. */
class AgentCommandsTest {

  private static GatewayFixture fixture;
  private static Copilot copilot;

  private final Path home;

  AgentCommandsTest(@TempDir Path home) {
    this.home = home;
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    copilot = new Copilot(fixture);
    fixture.append("policy.yaml", Copilot.READS);
    fixture.restart();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  private Terminal terminal(String token) {
    return Terminal.at(fixture, home).with("EPHEMERIS_TOKEN", token);
  }

  /** Alice's terminal, by a sign-in after all before, with a copilot that acts for her by it. */
  private Terminal alice() throws Exception {
    return terminal(copilot.actForAlice());
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
