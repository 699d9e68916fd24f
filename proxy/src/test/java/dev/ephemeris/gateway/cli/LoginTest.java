package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.cli.CliWorld.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** {@code ephemeris login}: a device code, a page in a browser, and what is kept of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoginTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private CliWorld world;
  private Terminal terminal;

  @BeforeAll
  void start() throws Exception {
    world = new CliWorld();
  }

  @BeforeEach
  void sitDown() throws Exception {
    terminal = world.terminal();
  }

  @AfterAll
  void stop() throws Exception {
    world.close();
  }

  @Test
  void signsInWhoeverApprovesInTheBrowser() throws Exception {
    List<URI> opened = new ArrayList<>();
    terminal.browsing(
        page -> {
          opened.add(page);
          Visitor.at(page).pick(ALICE);
        });

    Screen login = terminal.run("login");

    assertThat(login.exitCode()).isZero();
    assertThat(login.out()).isEqualTo("Signed in as Alice Ito (person corp:sub-alice).\n");
    String issuer = world.issuer().issuer().toString();
    String code = opened.getFirst().getQuery().replace("user_code=", "");
    assertThat(login.err())
        .contains("Signing in to " + world.api() + " by corp (" + issuer + ")\n")
        .contains("Open      " + issuer + "/device\n")
        .contains("and enter " + code + "\n");
  }

  @Test
  void printsTheGatewaysDocumentForPrograms() throws Exception {
    Screen login =
        terminal.browsing(page -> Visitor.at(page).pick(ALICE)).run("login", "-o", "json");

    assertThat(login.json().path("principal").path("name").asText()).isEqualTo("Alice Ito");
    assertThat(login.out()).endsWith("}\n");
  }

  @Test
  void opensNoBrowserWhenToldNotTo() {
    List<URI> opened = new ArrayList<>();

    terminal.browsing(opened::add).run("login", "--no-browser");

    assertThat(opened).isEmpty();
  }

  @Test
  void asksAgainUntilThePersonHasDecided() {
    List<URI> page = new ArrayList<>();
    terminal
        .browsing(page::add)
        .meanwhile(
            time -> {
              world.pass(time);
              if (terminal.pauses().size() == 3) {
                Visitor.at(page.getFirst()).pick(ALICE);
              }
            });

    Screen login = terminal.run("login");

    assertThat(login.exitCode()).isZero();
    assertThat(terminal.pauses()).containsExactly(SECOND, SECOND, SECOND);
  }

  @Test
  void waitsFiveSecondsMoreForGoodOnceToldToSlowDown() {
    List<URI> page = new ArrayList<>();
    terminal
        .browsing(page::add)
        .meanwhile(
            time -> {
              // The second question comes too early by the issuer's clock.
              boolean early = terminal.pauses().size() == 2;
              world.pass(early ? time.dividedBy(2) : time);
              if (terminal.pauses().size() == 4) {
                Visitor.at(page.getFirst()).pick(ALICE);
              }
            });

    Screen login = terminal.run("login");

    assertThat(login.exitCode()).isZero();
    assertThat(terminal.pauses())
        .containsExactly(SECOND, SECOND, Duration.ofSeconds(6), Duration.ofSeconds(6));
  }

  @Test
  void saysThatItWasRefusedInTheBrowser() {
    Screen login = terminal.browsing(page -> Visitor.at(page).turnAway()).run("login");

    assertThat(login.exitCode()).isEqualTo(3);
    assertThat(login.err()).endsWith("ephemeris: The sign-in was refused in the browser.\n");
    assertThat(terminal.home().resolve("credentials.json")).doesNotExist();
  }

  @Test
  void givesUpWhenTheCodesTimeIsOver() {
    Screen login = terminal.run("login");

    assertThat(login.exitCode()).isEqualTo(3);
    assertThat(login.err())
        .endsWith(
            "ephemeris: The code has expired before it was used. Start again: ephemeris login\n");
    assertThat(terminal.pauses().stream().reduce(Duration.ZERO, Duration::plus))
        .isLessThan(Duration.ofMinutes(5));
  }

  @Test
  void believesTheIssuerThatTheCodeHasExpired() {
    // A laptop that slept: the issuer's time went on without the command's noticing.
    terminal.meanwhile(time -> world.pass(Duration.ofMinutes(6)));

    Screen login = terminal.run("login");

    assertThat(login.exitCode()).isEqualTo(3);
    assertThat(login.err()).endsWith("Start again: ephemeris login\n");
    assertThat(terminal.pauses()).hasSize(1);
  }

  @Test
  void asksHalfAsOftenEachTimeTheIssuerGivesNoAnswer() throws Exception {
    try (CliWorld failing = new CliWorld()) {
      Terminal there = failing.terminal().browsing(page -> failing.issuer().close().await());

      Screen login = there.run("login");

      assertThat(login.exitCode()).isEqualTo(3);
      assertThat(there.pauses().subList(0, 4))
          .containsExactly(
              SECOND, Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8));
    }
  }

  @Test
  void keepsTheSignInWhereOnlyItsOwnerLooks() throws Exception {
    terminal.signedIn();

    assertThat(permissions(terminal.home())).isEqualTo("rwx------");
    assertThat(permissions(terminal.home().resolve("credentials.json"))).isEqualTo("rw-------");
    try (Stream<Path> kept = Files.list(terminal.home())) {
      assertThat(kept.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("credentials.json", "credentials.lock");
    }
  }

  @Test
  void laterCommandsKnowTheGatewayAndItsAuthority() {
    terminal.signedIn().with("EPHEMERIS_GATEWAY", "").with("EPHEMERIS_CA", "");

    assertThat(terminal.run("whoami").exitCode()).isZero();
  }

  @Test
  void showsANameWithoutObeyingIt() {
    Screen login = terminal.browsing(page -> Visitor.at(page).pick(CliWorld.MALLORY)).run("login");

    assertThat(login.exitCode()).isZero();
    assertThat(login.out())
        .isEqualTo("Signed in as Mal\uFFFD[31mlory (person corp:sub-mallory).\n");
  }

  private static String permissions(Path file) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
