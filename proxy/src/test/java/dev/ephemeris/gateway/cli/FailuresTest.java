package dev.ephemeris.gateway.cli;

import static dev.ephemeris.gateway.cli.CliWorld.ALICE;
import static dev.ephemeris.gateway.cli.CliWorld.CLIENT;
import static dev.ephemeris.gateway.cli.CliWorld.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.issuer.TokenFault;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * What can't be done is one line that says why and what to do, and an exit code that says whose
 * turn it is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailuresTest {

  private static final String SCOPE = "orders-prod/shop/orders";

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

  @ParameterizedTest
  @CsvFileSource(resources = "usage.csv", useHeadersInDisplayName = true, numLinesToSkip = 1)
  void wrongUsageIsToldWithTheRightOne(String arguments, String message) {
    Screen screen = terminal.run(arguments.split(" ", -1));

    assertThat(screen.exitCode()).isEqualTo(2);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err()).startsWith("ephemeris: ").contains(message);
    assertThat(screen.err().lines().count()).isLessThanOrEqualTo(9);
    assertThat(screen.err()).doesNotContain("Exception").doesNotContain("\tat ");
  }

  @Test
  void aMisspeltCommandIsAnsweredWithTheOneThatWasMeant() {
    assertThat(terminal.run("leese").err()).contains("Did you mean: ephemeris lease");
  }

  @Test
  void noCommandAtAllIsAnsweredWithTheHelp() {
    Screen screen = terminal.run();

    assertThat(screen.exitCode()).isEqualTo(2);
    assertThat(screen.err()).startsWith("Usage: ephemeris [-hV] COMMAND");
  }

  @Test
  void aRefusalOfThePolicyIsItsTitleAndDetail() {
    Screen screen = terminal.signedIn().run("lease", "orders-prod/shop/payments");

    assertFailed(
        screen,
        1,
        "denied by policy: The policy doesn't give user:default/alice role “data-reader” on"
            + " orders-prod:/dbs/shop/colls/payments:",
        "ephemeris explain");
  }

  @Test
  void aRoleThatThereIsntIsAnsweredWithTheOneThatWasMeant() {
    Screen screen = terminal.signedIn().run("lease", SCOPE, "--role", "data-raeder");

    assertFailed(screen, 1, "malformed request: unknown role", "did you mean 'data-reader'?");
  }

  @Test
  void aLeaseThatIsNotMineIsNotFound() {
    assertFailed(
        terminal.signedIn().run("revoke", "ba3q7"), 1, "not found: You have no lease “ba3q7”.");
  }

  @Test
  void aGivenTokenThatHasExpiredIsToldWithTheWayToANewOne() {
    String expired = world.issuer().faultyToken(TokenFault.EXPIRED, ALICE, CLIENT);

    Screen screen = terminal.with("EPHEMERIS_TOKEN", expired).run("whoami");

    assertFailed(screen, 3, "not signed in: ", "“ephemeris login”", "that in EPHEMERIS_TOKEN");
    assertThat(screen.err()).doesNotContain(expired);
  }

  @Test
  void aTokenThatIsNoneIsNotSent() {
    Screen screen = terminal.with("EPHEMERIS_TOKEN", "two words").run("whoami");

    assertFailed(screen, 2, "EPHEMERIS_TOKEN doesn't hold a bearer token.");
  }

  @Test
  void aSignInThatTheIssuerHasEndedIsToldWithTheWayToANewOne() throws Exception {
    terminal.signedIn();
    useUp(kept("refreshToken"));

    Screen screen = terminal.ahead(Duration.ofHours(2)).run("whoami");

    assertFailed(screen, 3, "Your sign-in has ended. Sign in again: ephemeris login");
  }

  @Test
  void aSignInThatIsOnlyTooOldIsRenewedWithoutAWord() throws Exception {
    terminal.signedIn();
    String before = kept("refreshToken");

    Screen screen = terminal.ahead(Duration.ofHours(2)).run("whoami");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(kept("refreshToken")).isNotEqualTo(before);
  }

  @Test
  void nobodyIsSignedInAtFirst() {
    assertFailed(
        terminal.run("whoami"),
        3,
        "You aren't signed in to " + world.api() + ": ephemeris login --gateway " + world.api());
    assertFailed(
        terminal.with("EPHEMERIS_GATEWAY", "").run("whoami"),
        3,
        "You aren't signed in to a gateway: ephemeris login --gateway URL");
  }

  @Test
  void loginNeedsToKnowWhere() {
    assertFailed(
        terminal.with("EPHEMERIS_GATEWAY", "").run("login"),
        2,
        "Which gateway? Name it with --gateway URL or EPHEMERIS_GATEWAY.");
  }

  @Test
  void aGatewayThatIsntThereIsUnreachable() throws Exception {
    String nowhere = "https://localhost:" + freePort();

    assertFailed(
        terminal.with("EPHEMERIS_GATEWAY", nowhere).run("login"),
        4,
        nowhere + " can't be reached: the connection was refused.");
  }

  @Test
  void aServerThatIsNoGatewayIsToldFromOne() {
    String issuer = world.issuer().issuer().toString();

    assertFailed(
        terminal.with("EPHEMERIS_GATEWAY", issuer).run("login"),
        4,
        issuer + " doesn't answer like an Ephemeris gateway's API: it answered 405.");
  }

  @Test
  void aCertificateOfAnAuthorityThatIsntTrustedIsNotAccepted(@TempDir Path folder)
      throws Exception {
    Path other = LoopbackCertificate.create(folder).authority();

    for (String ca : new String[] {"", other.toString()}) {
      assertFailed(
          terminal.with("EPHEMERIS_CA", ca).run("login"),
          4,
          world.api()
              + " can't be reached: no authority that is trusted here vouches for its TLS"
              + " certificate; name the PEM file of one that does with --ca or EPHEMERIS_CA.");
    }
  }

  @Test
  void anAuthoritysFileMustBeThereAndBePem(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("missing.pem");
    Path notPem = Files.writeString(folder.resolve("not.pem"), "not a certificate");

    assertFailed(
        terminal.run("login", "--ca", missing.toString()),
        5,
        "The CA file " + missing + " can't be read.");
    assertFailed(
        terminal.run("login", "--ca", notPem.toString()),
        5,
        "The CA file " + notPem + " has no PEM certificate.");
  }

  @Test
  void aDamagedSignInIsToldWithItsFile() throws Exception {
    Path credentials = terminal.signedIn().home().resolve("credentials.json");
    Files.writeString(credentials, "{");

    assertFailed(
        terminal.run("whoami"),
        5,
        credentials + " is damaged: remove it, then run 'ephemeris login'.");
  }

  @Test
  void aTokenGivenByTheEnvironmentNeedsNoSignIn() {
    String token = world.issuer().accessToken(ALICE, CLIENT);

    assertThat(terminal.with("EPHEMERIS_TOKEN", token).run("lease", ORDERS).exitCode()).isZero();
    assertThat(terminal.home()).doesNotExist();
  }

  private String kept(String name) throws IOException {
    JsonNode file =
        new ObjectMapper().readTree(terminal.home().resolve("credentials.json").toFile());
    return file.path("signIns").path(world.api()).path(name).asText();
  }

  /** As a thief would; the issuer then ends the sign-in when it is used again. */
  private void useUp(String refreshToken) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create(world.issuer().issuer() + "/token"))
                  .header("content-type", "application/x-www-form-urlencoded")
                  .POST(
                      BodyPublishers.ofString(
                          "grant_type=refresh_token&client_id="
                              + CLIENT
                              + "&refresh_token="
                              + refreshToken))
                  .build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** One line on stderr and nothing else. */
  private static void assertFailed(Screen screen, int exitCode, String... parts) {
    assertThat(screen.exitCode()).as(screen.err()).isEqualTo(exitCode);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err())
        .startsWith("ephemeris: " + parts[0])
        .contains(parts)
        .endsWith("\n")
        .hasLineCount(1)
        .doesNotContain("Exception");
  }
}
