package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.cli.Ephemeris;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code ephemeris serve} says when it can't: one line, and nothing is left behind. */
class StartUpTest {

  private final GatewayFixture fixture;
  private final Path folder;

  private static final String TENANT = "72f988bf-0000-4000-8000-00000000abcd";

  /** What is done to files that were good. */
  interface Change {
    void to(Path folder) throws IOException;
  }

  StartUpTest() throws Exception {
    fixture = new GatewayFixture();
    fixture.stopGateway();
    folder = fixture.folder();
    // An issuer that is no development's; it is asked for nothing at start.
    replace("ephemeris.yaml", fixture.issuer().issuer().toString(), "https://login.example.com");
    Files.deleteIfExists(folder.resolve("ephemeris.db"));
    try (Stream<Path> files = Files.walk(folder.resolve("journal"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private record Result(int exitCode, String stderr) {}

  private Result serve(String file) {
    StringWriter err = new StringWriter();
    int exitCode =
        Ephemeris.commandLine()
            .setErr(new PrintWriter(err))
            .execute("serve", "--config", folder.resolve(file).toString());
    return new Result(exitCode, err.toString());
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault(
            "a key that isn't closed",
            in -> append(in, "ephemeris.yaml", "limits: {"),
            "ephemeris.yaml:2"),
        fault(
            "a key that there isn't",
            in -> append(in, "ephemeris.yaml", "limit: 1"),
            "unknown key 'limit'; expected one of",
            "did you mean 'limits'?"),
        fault(
            "a development issuer",
            in -> edit(in, "ephemeris.yaml", "https://login.example.com", "http://127.0.0.1:8082"),
            "Issuer “corp” (http://127.0.0.1:8082) is a development issuer"),
        fault(
            "an issuer on this machine with TLS",
            in -> edit(in, "ephemeris.yaml", "https://login.example.com", "https://localhost"),
            "is a development issuer"),
        fault(
            "a Backstage without TLS",
            in -> backstage(in, "http://127.0.0.1:7007", "account.key"),
            "The catalog's Backstage is without TLS or on this machine"),
        fault(
            "a Backstage on this machine with TLS",
            in -> backstage(in, "https://localhost", "account.key"),
            "The catalog's Backstage is without TLS or on this machine"),
        fault(
            "an identity whose authority is on this machine",
            in -> azure(in, "https://localhost:1/", "https://management.azure.com/"),
            "The gateway's identity in Azure, or Resource Manager, is on this machine itself"),
        fault(
            "a Resource Manager on this machine",
            in -> azure(in, "https://login.microsoftonline.com/", "https://127.0.0.1:1/"),
            "The gateway's identity in Azure, or Resource Manager, is on this machine itself"),
        fault(
            "an identity for accounts to come whose authority is on this machine",
            in -> within(in, "https://127.0.0.1:1/"),
            "The identity for accounts within /subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11"
                + " gets its tokens from this machine itself"),
        fault(
            "a key vault on this machine",
            in -> vault(in, "https://vault.localhost:1/"),
            "The key vault of account “orders-prod” is on this machine itself"),
        fault(
            "a root key in a vault on this machine",
            in ->
                rootKeys(in, "rootKeys: [{ kid: a, vault: 'https://v.localhost:1/', secret: s }]"),
            "The key vault of root key “a” is on this machine itself"),
        fault(
            "root keys kept in a vault on this machine",
            in -> rootKeys(in, "rootKeyVault: { vault: 'https://v.localhost:1/' }"),
            "The key vault for root keys is on this machine itself"),
        fault(
            "a signing key of the journal in a vault on this machine",
            in -> {
              vault(in, "https://orders-keys.vault.azure.net/");
              edit(
                  in,
                  "ephemeris.yaml",
                  "signingKey: { file: journal.key }",
                  "signingKey: { vault: 'https://v.localhost:1/', secret: s }");
            },
            "The key vault of the journal's signing key is on this machine itself"),
        fault(
            "a signing key of a demo",
            in -> Files.writeString(in.resolve("journal.key"), "development:" + TestJournals.KEY),
            "The journal's signing key in",
            "was made for development"),
        fault(
            "a signing key too short",
            in -> Files.writeString(in.resolve("journal.key"), "Y2FuYXJ5"),
            "journal.key is of no use: the journal's signing key doesn't have 32 bytes"),
        fault(
            "a signing key that isn't Base64",
            in -> Files.writeString(in.resolve("journal.key"), "canary-%%%"),
            "journal.key is of no use: the journal's signing key is not Base64"),
        fault(
            "a journal without a name",
            in -> edit(in, "ephemeris.yaml", "name: localhost/journal, ", ""),
            "The journal has no name",
            "such as localhost/journal/one"),
        fault(
            "checkpoints that stay on this machine",
            in ->
                edit(in, "ephemeris.yaml", "checkpointsOffHost: false", "checkpointsOffHost: true"),
            "None of the journal's sinks keeps its checkpoints off this machine"),
        fault(
            "checkpoints that go to another folder of this machine",
            in ->
                edit(
                    in,
                    "ephemeris.yaml",
                    "checkpointsOffHost: false",
                    "sinks: [{ name: archive, file: { folder: archive } }]"),
            "None of the journal's sinks keeps its checkpoints off this machine"),
        fault(
            "no token for Backstage",
            in -> backstage(in, "https://backstage.example.com", "no.token"),
            "There is no file",
            "no.token"),
        fault(
            "the emulator's key",
            in ->
                Files.writeString(
                    in.resolve("account.key"),
                    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==\n"),
            "Account “orders-prod” has the emulator's key"),
        fault(
            "an account key that is none",
            in -> Files.writeString(in.resolve("account.key"), "canary-%%%"),
            "account.key is of no use"),
        fault(
            "no account key",
            in -> Files.delete(in.resolve("account.key")),
            "There is no file",
            "account.key"),
        fault(
            "a root key of a demo",
            in ->
                Files.writeString(
                    in.resolve("root-a.key"), "development:" + GatewayFixture.ROOT_KEY),
            "Root key “a”",
            "was made for development"),
        fault(
            "a root key that others can read",
            in ->
                Files.setPosixFilePermissions(
                    in.resolve("root-a.key"), PosixFilePermissions.fromString("rw-r-----")),
            "root-a.key can be read or changed by others: chmod 600 it"),
        fault(
            "a root key too short",
            in -> Files.writeString(in.resolve("root-a.key"), "Y2FuYXJ5"),
            "root-a.key is of no use: the root key is shorter than 32 bytes"),
        fault(
            "a root key that isn't Base64",
            in -> Files.writeString(in.resolve("root-a.key"), "canary-%%%"),
            "root-a.key is of no use: the root key is not Base64"),
        fault(
            "no policy",
            in -> Files.delete(in.resolve("policy.yaml")),
            "policy.yaml",
            "can't be read"),
        fault(
            "a policy with a slip",
            in -> edit(in, "policy.yaml", "data-reader", "data-raeder"),
            "policy.yaml:5:11: unknown role 'data-raeder'",
            "did you mean 'data-reader'?"),
        fault(
            "a catalog with a group that isn't there",
            in -> edit(in, "org.yaml", "memberOf: [team]", "memberOf: [taem]"),
            "org.yaml:6: user:default/alice refers to group:default/taem, which isn't there"),
        fault(
            "a root key that anybody can read",
            in ->
                Files.setPosixFilePermissions(
                    in.resolve("root-a.key"), PosixFilePermissions.fromString("rw-r--r--")),
            "root-a.key can be read or changed by others: chmod 600 it"),
        fault(
            "no catalog",
            in -> Files.delete(in.resolve("org.yaml")),
            "org.yaml can't be read: there is no such file"),
        fault(
            "a group whose name no rule can have",
            in -> edit(in, "org.yaml", "{ name: team }", "{ name: the team }"),
            "org.yaml:1: 'default/the team' can't be a group"),
        fault(
            "a catalog that isn't YAML",
            in -> append(in, "org.yaml", "---\nkind: [User"),
            "org.yaml:2",
            "not YAML"));
  }

  private static void azure(Path in, String authority, String resourceManager) throws IOException {
    append(
        in,
        "ephemeris.yaml",
        """
        azure:
          identity: { kind: workload, tenantId: %s, clientId: %s, tokenFile: account.key, authority: '%s' }
          resourceManager: %s
        """
            .formatted(TENANT, TENANT, authority, resourceManager));
  }

  private static void within(Path in, String authority) throws IOException {
    azure(in, "https://login.microsoftonline.com/", "https://management.azure.com/");
    append(
        in,
        "ephemeris.yaml",
        """
          accountsWithin:
          - scope: /subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11
            environments: [preview-*]
            tag: env
            identity: { kind: managed, authority: '%s' }
        """
            .formatted(authority));
  }

  private static void vault(Path in, String url) throws IOException {
    edit(
        in,
        "ephemeris.yaml",
        "keyFile: account.key",
        "keys: { kind: key-vault, vault: '%s', primary: one, secondary: two }".formatted(url));
    azure(in, "https://login.microsoftonline.com/", "https://management.azure.com/");
  }

  private static void rootKeys(Path in, String settings) throws IOException {
    vault(in, "https://orders-keys.vault.azure.net/");
    edit(in, "ephemeris.yaml", "rootKeys: [{ kid: a, file: root-a.key }]", settings);
  }

  private static void backstage(Path in, String url, String tokenFile) throws IOException {
    edit(
        in,
        "ephemeris.yaml",
        "catalog: { files: [org.yaml] }",
        "catalog: { backstage: { baseUrl: '%s', tokenFile: %s, origins: ['url:https://git.example.com/org.yaml'] } }"
            .formatted(url, tokenFile));
  }

  private static Arguments fault(String what, Change change, String... says) {
    return Arguments.of(what, change, says);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void refuses(String what, Change change, String... says) throws IOException {
    change.to(folder);

    Result result = serve("ephemeris.yaml");

    assertThat(result.exitCode()).isEqualTo(5);
    assertOneLine(result, says);
    assertNothingMade();
  }

  private void assertNothingMade() {
    assertThat(folder.resolve("journal")).doesNotExist();
    assertThat(folder.resolve("ephemeris.db")).doesNotExist();
  }

  @Test
  void refusesAConfigurationThatIsNotThere() {
    Result result = serve("other.yaml");

    assertThat(result.exitCode()).isEqualTo(5);
    assertOneLine(result, "other.yaml: there is no such file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataPlane", "api", "management"})
  void saysWhichPortIsInUse(String listener) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      replace(
          "ephemeris.yaml",
          listener + ": { port: 0 }",
          listener + ": { port: " + taken.getLocalPort() + " }");

      Result result = serve("ephemeris.yaml");

      assertThat(result.exitCode()).isEqualTo(5);
      assertOneLine(result, "can't listen on 127.0.0.1:" + taken.getLocalPort(), "in use");
      assertNothingMade();
    }
  }

  @Test
  void saysThatAnotherGatewayHasTheJournal() throws Exception {
    try (Gateway running = Gateway.start(fixture.configuration(), fixture.clock())) {
      assertThat(running.dataPlane().getPort()).isPositive();

      Result result = serve("ephemeris.yaml");

      assertThat(result.exitCode()).isEqualTo(5);
      assertOneLine(result, "journal is in use by another gateway");
    }
  }

  @Test
  void saysThatTheJournalIsDamaged() throws Exception {
    TestJournals.open(folder.resolve("journal")).close();
    Path checkpoint = folder.resolve("journal/checkpoint");
    String damaged = Files.readString(checkpoint).replace("\n0\n", "\n1\n");
    Files.writeString(checkpoint, damaged);

    assertOneLine(serve("ephemeris.yaml"), "The checkpoint", "can't be trusted");
    assertThat(checkpoint).hasContent(damaged);
  }

  @Test
  void saysThatTheStoreIsNone() throws IOException {
    Files.writeString(
        folder.resolve("ephemeris.db"), "no database, but long enough for a header ".repeat(30));

    assertOneLine(serve("ephemeris.yaml"), "The store", "ephemeris.db can't be opened");
  }

  @Test
  void saysThatTheCertificateIsMissing() throws IOException {
    replace("ephemeris.yaml", fixture.certificate().certificate().toString(), "nowhere.pem");

    assertOneLine(serve("ephemeris.yaml"), "The certificate for TLS isn't at", "nowhere.pem");
    assertNothingMade();
  }

  @Test
  void startsWithTheFilesThatTheOthersBreak() throws Exception {
    try (Gateway gateway = Gateway.start(fixture.configuration(), fixture.clock())) {
      Production.require(fixture.configuration());
      assertThat(gateway.api().getPort()).isPositive();
    }
  }

  private static void assertOneLine(Result result, String... says) {
    assertThat(result.stderr()).startsWith("ephemeris serve: ").contains(says);
    assertThat(result.stderr().lines()).hasSize(1);
    assertThat(result.stderr()).doesNotContain("Exception", "canary", "Y2FuYXJ5");
  }

  private void replace(String file, String find, String replacement) throws IOException {
    edit(folder, file, find, replacement);
  }

  private static void edit(Path folder, String file, String find, String replacement)
      throws IOException {
    String text = Files.readString(folder.resolve(file));
    assertThat(text).contains(find);
    Files.writeString(folder.resolve(file), text.replace(find, replacement));
  }

  private static void append(Path folder, String file, String line) throws IOException {
    Files.writeString(folder.resolve(file), line + "\n", StandardOpenOption.APPEND);
  }
}
