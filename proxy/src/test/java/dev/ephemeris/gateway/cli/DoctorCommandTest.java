package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris doctor} in a terminal. */
@TestInstance(Lifecycle.PER_CLASS)
class DoctorCommandTest {

  private CliWorld world;

  @BeforeAll
  void start() throws Exception {
    world = new CliWorld();
  }

  @AfterAll
  void stop() throws Exception {
    world.close();
  }

  @Test
  void tellsWhoOneIsToTheGateway() throws Exception {
    Terminal terminal = world.terminal().signedIn();

    Screen people = terminal.run("doctor");
    JsonNode programs = terminal.run("doctor", "-o", "json").json();

    assertThat(people.exitCode()).isZero();
    assertThat(people.out())
        .contains(
            "ok       gateway      It answers.\n",
            "ok       clock        The gateway's and this machine's agree.\n",
            "To the gateway you are Alice Ito (person corp:sub-alice), by client ephemeris-cli",
            "ok       catalog      You are user:default/alice, in group:default/team.\n",
            "takes the action ephemeris/doctor/read")
        .endsWith("Nothing is wrong.\n");
    assertThat(programs.path("findings").findValuesAsText("state")).containsOnly("ok");
  }

  @Test
  void tellsWhoeverIsNotInTheCatalog() throws Exception {
    String mallory = world.issuer().accessToken(CliWorld.MALLORY, CliWorld.CLIENT);

    Screen screen = world.terminal().with("EPHEMERIS_TOKEN", mallory).run("doctor");

    assertThat(screen.exitCode()).isZero();
    assertThat(screen.out())
        .contains(
            "warning  catalog      It has nobody that is corp:sub-mallory.",
            "No rule for groups, users or owners is for you.")
        .doesNotContain("\u001b", mallory)
        .endsWith("0 problems, 1 warning.\n");
  }

  @Test
  void tellsWhyATokenIsNotAccepted() throws Exception {
    String expired =
        world
            .issuer()
            .accessToken(
                CliWorld.ALICE, CliWorld.CLIENT, claims -> claims.audience("api://another"));

    Screen screen = world.terminal().with("EPHEMERIS_TOKEN", expired).run("doctor");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.out())
        .contains("problem  token", "it is for another audience than api://ephemeris")
        .doesNotContain(expired);
  }

  @Test
  void tellsThatOneIsNotSignedInOrTheGatewayIsNotThere() throws Exception {
    Screen nobody = world.terminal().run("doctor");
    Screen nowhere =
        world.terminal().with("EPHEMERIS_GATEWAY", "https://127.0.0.1:1").run("doctor");
    Screen untrusted = world.terminal().with("EPHEMERIS_CA", "").run("doctor");

    assertThat(nobody.exitCode()).isEqualTo(1);
    assertThat(nobody.out()).contains("problem  token", "You aren't signed in");
    assertThat(nowhere.exitCode()).isEqualTo(1);
    assertThat(nowhere.out()).contains("problem  gateway", "the connection was refused");
    assertThat(untrusted.exitCode()).isEqualTo(1);
    assertThat(untrusted.out()).contains("problem  gateway", "--ca or EPHEMERIS_CA");
  }

  @Test
  void tellsThatTheClocksAreApart() throws Exception {
    String alice = world.issuer().accessToken(CliWorld.ALICE, CliWorld.CLIENT);

    Screen screen =
        world.terminal().with("EPHEMERIS_TOKEN", alice).ahead(Duration.ofMinutes(10)).run("doctor");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.out())
        .containsPattern("problem  clock +The gateway's clock is (599|600|601) s behind");
  }

  @Test
  void examinesAConfigurationWithoutAGateway(@TempDir Path folder) throws Exception {
    Path broken = Files.writeString(folder.resolve("ephemeris.yaml"), "apiVersion: v7\n");

    Screen unreadable = world.terminal().run("doctor", "--config", broken.toString());
    Screen whole =
        world
            .terminal()
            .run("doctor", "--config", world.journal().resolveSibling("ephemeris.yaml").toString());

    assertThat(unreadable.exitCode()).isEqualTo(1);
    assertThat(unreadable.out()).contains("problem  configuration", "unknown version 'v7'");
    assertThat(whole.exitCode()).isEqualTo(1);
    assertThat(whole.out())
        .contains(
            "ok       issuer corp          It answers, with one key for signatures.",
            "problem  account orders-prod  https://localhost:1/ can't be reached",
            "Look at endpoint, routes and firewalls between here and there.");
  }
}
