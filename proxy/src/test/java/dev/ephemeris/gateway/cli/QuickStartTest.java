package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.gateway.Gateway;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.simulator.azure.ArmAccount;
import dev.ephemeris.simulator.azure.AzureSimulator;
import dev.ephemeris.simulator.azure.ServicePrincipal;
import dev.ephemeris.simulator.azure.ServicePrincipal.Proof;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.RoleAssignment;
import dev.ephemeris.simulator.cosmos.RoleDefinition;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's quick start, line by line: its shell commands are run, its files are the
 * configuration, its {@code ephemeris} commands are typed. Azure is the simulator's, and what its
 * commands would have done is done there.
 */
class QuickStartTest {

  private static final Person ALICE =
      new Person("her-subject-at-the-issuer", "alice", "Alice Ito", "alice@example.test");

  /** What {@code az ad sp create} answers. */
  private static final String PRINCIPAL = "aaaaaaaa-0000-4000-8000-000000000009";

  private static final String SUBSCRIPTION = "11111111-2222-4333-8444-555555555555";

  private final Path folder;
  private final String section;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final Vertx vertx = Vertx.vertx();

  QuickStartTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    String readme = Files.readString(Path.of("..", "README.md"));
    section = readme.substring(readme.indexOf("## Quick start"), readme.indexOf("## In your"));
    SSLContext before = SSLContext.getDefault();
    opened.add(() -> SSLContext.setDefault(before));
    opened.add(() -> vertx.close().await());
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  /** What is typed there, each command on one line. */
  private List<String> commands() {
    return section
        .replace("\\\n", "")
        .lines()
        .filter(line -> line.startsWith("$ "))
        .map(line -> line.substring(2))
        .toList();
  }

  private List<String> commands(String start) {
    return commands().stream().filter(line -> line.startsWith(start)).toList();
  }

  /** The words of a command line without quotes. */
  private static List<String> words(String command) {
    return Arrays.asList(command.split(" +"));
  }

  private static String option(String command, String name) {
    List<String> words = words(command);
    return words.get(words.indexOf(name) + 1);
  }

  private String only(String pattern) {
    return Pattern.compile(pattern)
        .matcher(section)
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElseThrow();
  }

  private void shell(String command) throws Exception {
    Process shell =
        new ProcessBuilder("bash", "-euc", command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor()).as(command + ": " + said).isZero();
  }

  /** The files that it shows, each of which begins with its name. */
  private Map<String, String> files() {
    return Pattern.compile("```yaml\n# (\\S+)\n(.*?)```", Pattern.DOTALL)
        .matcher(section)
        .results()
        .collect(Collectors.toMap((MatchResult file) -> file.group(1), file -> file.group(2)));
  }

  @Test
  void leadsFromNothingToTheFirstLease() throws Exception {
    for (String line : commands()) {
      if (line.startsWith("mkdir") || line.startsWith("(umask")) {
        shell(line);
      }
    }
    assertThat(folder.resolve("keys/entra.key")).doesNotExist();
    LoopbackCertificate certificate = LoopbackCertificate.create(folder.resolve("tls"));
    SSLContext.setDefault(certificate.clientTls());

    // What Azure has: an account of this name, and what its commands make.
    String assigned = commands("az cosmosdb sql role assignment create").getFirst();
    CosmosSimulator account = account(certificate, option(assigned, "--account-name"));
    AzureSimulator azure = azure(certificate, only("tenantId: (\\S+)"));
    ArmAccount unused =
        azure.add(SUBSCRIPTION, option(assigned, "--resource-group"), account, Map.of());
    assertThat(commands("APP=$(az ad app create")).hasSize(1);
    assertThat(commands("PRINCIPAL=$(az ad sp create --id \"$APP\"")).hasSize(1);
    azure
        .tenant()
        .add(
            new ServicePrincipal(
                PRINCIPAL,
                only("clientId: (\\S+)"),
                List.of(new Proof.Certificate(certificate(only("--cert @(\\S+)"))))));
    assertThat(option(assigned, "--principal-id")).isEqualTo("\"$PRINCIPAL\"");
    assertThat(option(assigned, "--role-definition-id"))
        .isEqualTo("00000000-0000-0000-0000-000000000002");
    account
        .access()
        .assign(
            new RoleAssignment(
                PRINCIPAL, RoleDefinition.DATA_CONTRIBUTOR, option(assigned, "--scope")));
    DevelopmentIssuer issuer = issuer(only("clients: \\[(\\S+)\\]"), only("api: (api:\\S+) "));
    write(certificate, account, azure, issuer);

    Terminal terminal = new Terminal(InstantSource.system(), folder.resolve("home"));
    assertThat(commands("./ephemeris doctor"))
        .containsExactly("./ephemeris doctor --config ephemeris.yaml");
    Screen doctor = terminal.run("doctor", "--config", folder.resolve("ephemeris.yaml").toString());
    assertThat(doctor.out())
        .contains("accepts the gateway's identity")
        // Of this test's; otherwise it finds nothing.
        .contains("is a development issuer")
        .contains("\n1 problem, 0 warnings.\n");
    assertThat(commands("./ephemeris serve"))
        .containsExactly("./ephemeris serve --config ephemeris.yaml");
    Gateway gateway =
        Gateway.start(Configuration.read(folder.resolve("ephemeris.yaml")), InstantSource.system());
    opened.add(gateway);

    assertThat(commands("export EPHEMERIS_GATEWAY=")).hasSize(1);
    terminal
        .with("EPHEMERIS_GATEWAY", gateway.api().toString())
        .with("EPHEMERIS_CA", certificate.authority().toString())
        .browsing(page -> Visitor.at(page).pick(ALICE));
    Screen login = terminal.run("login");
    assertThat(login.exitCode()).as(login.toString()).isZero();
    List<String> lease =
        new ArrayList<>(
            words(commands("./ephemeris lease").getFirst().substring("./ephemeris ".length())));
    assertThat(terminal.run(lease.toArray(String[]::new)).exitCode()).isZero();
    lease.addAll(List.of("-o", "json"));
    JsonNode issued = terminal.run(lease.toArray(String[]::new)).json();

    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(issued.path("endpoint").asText())
            .resourceToken(issued.path("token").asText())
            .gatewayMode()
            .buildClient()) {
      assertThat(
              client
                  .getDatabase("shop")
                  .getContainer("orders")
                  .readItem("o1", new PartitionKey("c1"), JsonNode.class)
                  .getStatusCode())
          .isEqualTo(200);
    }
    assertThat(account.received().getLast().header("authorization").orElseThrow())
        .startsWith("type%3Daad");
  }

  private CosmosSimulator account(LoopbackCertificate certificate, String name) throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    CosmosSimulator account =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    name,
                    "a2V5IG9mIGFuIGFjY291bnQgdGhhdCBub2JvZHkgaGFzIHRvIGtub3cgaGVyZQ==",
                    InstantSource.system()))
            .await();
    account.createDatabase("shop");
    account.createContainer("shop", "orders", "/customerId");
    account.put(
        "shop", "orders", new ObjectMapper().readTree("{\"id\":\"o1\",\"customerId\":\"c1\"}"));
    // As it says there: no key is involved.
    account.access().disableLocalAuth(true);
    return account;
  }

  private AzureSimulator azure(LoopbackCertificate certificate, String tenant) {
    AzureSimulator azure =
        AzureSimulator.start(
                vertx,
                new AzureSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    tenant,
                    InstantSource.system()))
            .await();
    opened.add(() -> azure.close().await());
    return azure;
  }

  private DevelopmentIssuer issuer(String client, String audience) {
    return DevelopmentIssuer.start(
            vertx,
            new DevelopmentIssuer.Settings(
                "127.0.0.1",
                0,
                List.of(ALICE),
                List.of(
                    Client.open(
                        client, Set.of(GrantType.DEVICE_CODE, GrantType.REFRESH_TOKEN), List.of())),
                audience,
                Duration.ofHours(1)))
        .await();
  }

  private X509Certificate certificate(String file) throws Exception {
    try (InputStream in = Files.newInputStream(folder.resolve(file))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  /** Its files, with the addresses of this test in the place of those that it shows. */
  private void write(
      LoopbackCertificate certificate,
      CosmosSimulator account,
      AzureSimulator azure,
      DevelopmentIssuer issuer)
      throws Exception {
    Map<String, String> files = files();
    assertThat(files).containsOnlyKeys("ephemeris.yaml", "policy.yaml", "org.yaml");
    String configuration = shown(files, "ephemeris.yaml");
    Map<String, String> here =
        Map.of(
            "gateway.example.com]", "localhost]",
            "tls/gateway.pem", "tls/server.pem",
            "tls/gateway.key", "tls/server.key",
            "port: 443 }", "port: 0 }",
            "port: 8443 }", "port: 0 }\nmanagement: { port: 0 }",
            "https://orders-prod.documents.azure.com/",
                account.endpoint() + "\n    caCertificate: " + certificate.authority(),
            "kind: certificate",
                "kind: certificate\n      authority: " + azure.tenant().authority(),
            "https://login.example.com/", issuer.issuer().toString());
    for (Map.Entry<String, String> each : here.entrySet()) {
      assertThat(configuration).contains(each.getKey());
      configuration = configuration.replace(each.getKey(), each.getValue());
    }
    Files.writeString(folder.resolve("ephemeris.yaml"), configuration);
    Files.writeString(folder.resolve("policy.yaml"), shown(files, "policy.yaml"));
    Files.writeString(folder.resolve("org.yaml"), shown(files, "org.yaml"));
  }

  private static String shown(Map<String, String> files, String name) {
    return Objects.requireNonNull(files.get(name), name);
  }
}
