package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A command with a lease, by {@code ephemeris exec}. */
@Timeout(120)
class ExecTest {

  private static final String SCOPE = "orders-prod/shop/orders";

  /** Tells what it was started with, and goes on until it is let go. */
  private static final String WAITING =
      "printenv > found.new && mv found.new found; while [ ! -e done ]; do sleep 0.05; done";

  @TempDir private Path folder = Path.of("");
  private final GatewayFixture fixture;
  private final String token;
  private Terminal terminal;

  ExecTest() throws Exception {
    fixture = new GatewayFixture();
    token = fixture.token(GatewayFixture.ALICE);
    terminal = Terminal.at(fixture, Path.of(""));
  }

  @BeforeEach
  void signIn() {
    terminal = atGateway();
  }

  private Terminal atGateway() {
    return Terminal.at(fixture, folder).with("EPHEMERIS_TOKEN", token).meanwhile(Thread::sleep);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  @Test
  void theCommandFindsALeaseThatEndsWithIt() throws Exception {
    terminal.with("KEPT", "as it was");
    List<Integer> statuses = new ArrayList<>();
    Thread meanwhile =
        Thread.startVirtualThread(
            () -> {
              try {
                String lease = found().get("COSMOS_LEASE");
                statuses.add(fixture.readOrder(String.valueOf(lease)).status());
                letGo();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });

    Screen screen = exec(WAITING + "; exit 7");
    meanwhile.join();

    assertThat(screen.exitCode()).isEqualTo(7);
    assertThat(screen.out()).isEmpty();
    assertThat(screen.err())
        .matches("ephemeris: lease \\S+ on \\S+, role data-reader, is sh's until it ends\\.\n");
    Map<String, String> found = found();
    assertThat(found)
        .containsEntry("KEPT", "as it was")
        .containsEntry("COSMOS_ENDPOINT", fixture.gateway().dataPlane().toString())
        .containsEntry("NODE_EXTRA_CA_CERTS", fixture.certificate().authority().toString())
        .doesNotContainKey("EPHEMERIS_TOKEN")
        .doesNotContainValue(token);
    assertThat(statuses).containsExactly(200);
    String lease = String.valueOf(found.get("COSMOS_LEASE"));
    assertThat(lease).startsWith("type=resource&ver=1.0&sig=");
    assertThat(fixture.readOrder(lease).status()).isEqualTo(401);
    assertThat(fixture.journal("leaseRevoked")).hasSize(1);
  }

  /** The company's own, and the gateway's. */
  @Test
  void nodeBelievesWhomItDidBeforeAndTheGateway() throws Exception {
    Path company = Files.writeString(folder.resolve("company.pem"), "the company's");
    terminal.with("NODE_EXTRA_CA_CERTS", company.toString());

    Screen screen =
        exec("cp -p $NODE_EXTRA_CA_CERTS both; printf '%s' $NODE_EXTRA_CA_CERTS > where");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(folder.resolve("both"))
        .hasContent(
            "the company's\n"
                + Files.readString(fixture.certificate().authority()).stripTrailing());
    assertThat(Files.getPosixFilePermissions(folder.resolve("both")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Path.of(Files.readString(folder.resolve("where")))).doesNotExist();
    assertThat(company).exists();
  }

  @Test
  void nodeBelievesTheGatewayWhereWhatWasSetIsNoFile() throws Exception {
    terminal.with("NODE_EXTRA_CA_CERTS", folder.resolve("none.pem").toString());

    assertThat(exec("printf '%s' $NODE_EXTRA_CA_CERTS > where").exitCode()).isZero();

    assertThat(folder.resolve("where")).hasContent(fixture.certificate().authority().toString());
  }

  @Test
  void whatTheCommandFindsIsNamedByEnvAndNothingElseIs() throws Exception {
    rule("    credentials: [lease-key]\n");

    Screen screen =
        exec(
            WAITING,
            "--env",
            "KEY=key",
            "--env",
            "AZURE_COSMOS_CONNECTIONSTRING=connection-string",
            "--env",
            "WHERE=endpoint");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    Map<String, String> found = found();
    assertThat(found).doesNotContainKeys("COSMOS_LEASE", "COSMOS_ENDPOINT");
    assertThat(found.get("AZURE_COSMOS_CONNECTIONSTRING"))
        .isEqualTo(
            "AccountEndpoint=" + found.get("WHERE") + ";AccountKey=" + found.get("KEY") + ";");
    assertThat(found.get("WHERE")).contains(".lease.localhost");
  }

  @Test
  void aRuleSaysWhetherItMayBeHandedOverSo() throws Exception {
    rule("    deliver: [token]\n");

    Screen screen = exec("touch found");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.err()).contains("handed over as token, and env was asked for");
    assertThat(folder.resolve("found")).doesNotExist();

    rule("    deliver: [env]\n");
    assertThat(exec("touch found").exitCode()).isZero();
    assertThat(folder.resolve("found")).exists();
  }

  @Test
  void theLeaseIsRenewedWhileTheCommandRunsAndTheEndOfThatIsToldAhead() throws Exception {
    rule("    ttl: { default: 10m, max: 22m }\n");
    terminal.meanwhile(fixture.clock()::advance);
    letGoWhen("can't be renewed past that");

    Screen screen = exec(WAITING);

    assertThat(screen.exitCode()).isZero();
    assertThat(fixture.journal("leaseRenewed")).hasSize(2);
    assertThat(screen.err()).hasLineCount(2);
    assertThat(screen.err().lines().toList().getLast())
        .matches(
            "ephemeris: lease \\S+ ends \\S+ \\(in [67]m.*\\), and can't be renewed past that: the"
                + " rule or your session gives no more\\.");
  }

  @Test
  void aRefusalIsToldOnceAndTheCommandGoesOn() throws Exception {
    AtomicBoolean before = new AtomicBoolean(true);
    terminal.meanwhile(
        time -> {
          if (before.compareAndSet(true, false)) {
            String lease = terminal.shown().replaceAll("(?s).*?lease (\\S+) on .*", "$1");
            assertThat(atGateway().run("revoke", lease).err()).isEmpty();
          }
          fixture.clock().advance(time);
        });
    letGoWhen("isn't renewed");

    Screen screen = exec(WAITING + "; exit 4");

    assertThat(screen.exitCode()).isEqualTo(4);
    assertThat(screen.err())
        .containsPattern("lease \\S+ ends \\S+ \\(in 1[45]m.*\\), and isn't renewed: .*revoked")
        .hasLineCount(2);
  }

  /** As where somebody signs in again in time. */
  @Test
  void whatMayGoBetterNextTimeIsTriedAgain() throws Exception {
    try (CliWorld world = new CliWorld()) {
      Terminal alices = world.terminal().signedIn();
      Path signIn = alices.home().resolve("credentials.json");
      Path away = folder.resolve("away");
      alices.meanwhile(
          time -> {
            boolean told = alices.shown().contains("isn't renewed");
            try {
              if (!told && Files.exists(signIn)) {
                Files.move(signIn, away);
              } else if (told && Files.exists(away)) {
                Files.move(away, signIn);
              }
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
            world.pass(time);
            Thread.sleep(50);
          });
      Thread meanwhile =
          Thread.startVirtualThread(
              () -> {
                try {
                  while (TestJournals.entries(world.journal()).stream()
                      .noneMatch(entry -> entry.type().equals("leaseRenewed"))) {
                    Thread.sleep(20);
                  }
                  letGo();
                } catch (IOException | JournalException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });

      Screen screen =
          alices.run(
              "exec", SCOPE, "--ttl", "8m", "--", "sh", "-c", "cd " + folder + "; " + WAITING);
      meanwhile.join();

      assertThat(screen.exitCode()).as(screen.err()).isZero();
      assertThat(screen.err()).contains("isn't renewed: You aren't signed in to ").hasLineCount(2);
      assertThat(alices.run("leases").out()).contains("revoked");
    }
  }

  @Test
  void ofACommandThatIsNotThereTheLeaseEndsAtOnce() throws Exception {
    Screen screen = terminal.run("exec", SCOPE, "--", folder.resolve("none").toString());

    assertThat(screen.exitCode()).isEqualTo(5);
    assertThat(screen.err())
        .isEqualTo(
            "ephemeris: "
                + folder.resolve("none")
                + " can't be run: is it there, and may you run it?\n");
    assertThat(fixture.journal("leaseRevoked")).hasSize(1);
  }

  @Test
  void anArgumentIsWhatItSays() throws Exception {
    Path file = Files.writeString(folder.resolve("arguments"), "--help");

    Screen screen =
        terminal.run(
            "exec",
            SCOPE,
            "--",
            "sh",
            "-c",
            "printf '%s' \"$*\" > " + folder.resolve("found"),
            "sh",
            "@" + file,
            "--ttl",
            "-h");

    assertThat(screen.exitCode()).as(screen.err()).isZero();
    assertThat(folder.resolve("found")).hasContent("@" + file + " --ttl -h");
  }

  /** The command handles it, and says with what exit code it ends. */
  @Test
  void sigtermIsPassedOnAndTheLeaseEndsAllTheSame() throws Exception {
    Process process = process("trap 'exit 3' TERM; " + WAITING);
    String lease = String.valueOf(found().get("COSMOS_LEASE"));

    process.destroy();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(fixture.readOrder(lease).status()).isEqualTo(401);
    assertThat(fixture.journal("leaseRevoked")).hasSize(1);
  }

  /** As in an interpreter, where Ctrl-C ends a line; then the end that SIGTERM asks for. */
  @ParameterizedTest
  @CsvSource({"false, 0", "true, 143"})
  void sigintIsTheCommandsToJudge(boolean terminated, int exitCode) throws Exception {
    Process process = process(WAITING);
    String lease = String.valueOf(found().get("COSMOS_LEASE"));

    assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor())
        .isZero();
    assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();
    assertThat(fixture.readOrder(lease).status()).isEqualTo(200);
    if (terminated) {
      process.destroy();
    } else {
      letGo();
    }

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(exitCode);
    assertThat(fixture.readOrder(lease).status()).isEqualTo(401);
    // Nothing of it is in the arguments of either, nor was it printed.
    assertThat(Files.readString(folder.resolve("printed"))).doesNotContain("sig=");
  }

  private Screen exec(String script, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("exec", SCOPE));
    arguments.addAll(Arrays.asList(options));
    arguments.addAll(List.of("--", "sh", "-c", "cd " + folder + "; " + script));
    if (options.length > 0) {
      letGo();
    }
    return terminal.run(arguments.toArray(String[]::new));
  }

  /** The same in a process of its own. */
  private Process process(String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Ephemeris.class.getName(),
            "exec",
            SCOPE,
            "--",
            "sh",
            "-c",
            "cd " + folder + "; " + script);
    builder
        .environment()
        .putAll(
            Map.of(
                "EPHEMERIS_HOME",
                terminal.home().toString(),
                "EPHEMERIS_TOKEN",
                token,
                "EPHEMERIS_GATEWAY",
                fixture.gateway().api().toString(),
                "EPHEMERIS_CA",
                fixture.certificate().authority().toString()));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("printed").toFile())
        .start();
  }

  /** The command's environment, once it runs. */
  private Map<String, String> found() throws Exception {
    while (!Files.exists(folder.resolve("found"))) {
      Thread.sleep(20);
    }
    try (Stream<String> lines = Files.lines(folder.resolve("found"), StandardCharsets.UTF_8)) {
      return lines
          .map(line -> line.split("=", 2))
          .filter(pair -> pair.length == 2)
          .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }
  }

  private void letGo() throws IOException {
    Files.createFile(folder.resolve("done"));
  }

  private void letGoWhen(String shown) {
    Thread unused =
        Thread.startVirtualThread(
            () -> {
              try {
                while (!terminal.shown().contains(shown)) {
                  Thread.sleep(20);
                }
                letGo();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  /** The rule in its place, with more to it. */
  private void rule(String more) throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
        """
            + more);
    fixture.restart();
    terminal = atGateway();
  }
}
