package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ephemeris tunnel}, as tools meet it that know only keys. */
@Timeout(120)
class TunnelTest {

  private static final Pattern CONNECTION =
      Pattern.compile("'(AccountEndpoint=(https?://localhost:(\\d+)/);AccountKey=([^;]+);)'");
  private static final String DOCUMENT = "/dbs/shop/colls/orders/docs/o1";

  @TempDir private Path folder = Path.of("");
  private final GatewayFixture fixture;
  private final List<Open> opened = new ArrayList<>();

  TunnelTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws Exception {
    for (Open each : opened) {
      each.close();
    }
    fixture.close();
  }

  /** A tunnel in use. */
  private record Open(
      Terminal terminal,
      Thread command,
      CompletableFuture<Screen> screen,
      String connectionString,
      String endpoint,
      int port,
      String key) {

    /** As by Ctrl-C. */
    Screen close() throws Exception {
      command.interrupt();
      return screen.get(30, TimeUnit.SECONDS);
    }
  }

  private Open open(String... options) throws Exception {
    return open(terminal(), options);
  }

  private Terminal terminal() {
    return Terminal.at(fixture, folder)
        .with("EPHEMERIS_TOKEN", fixture.token(GatewayFixture.ALICE))
        .meanwhile(Thread::sleep);
  }

  private Open open(Terminal terminal, String... options) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("tunnel", "orders-prod/shop/orders", "--port", "0"));
    arguments.addAll(Arrays.asList(options));
    CompletableFuture<Screen> screen = new CompletableFuture<>();
    Thread command =
        Thread.ofPlatform()
            .start(() -> screen.complete(terminal.run(arguments.toArray(String[]::new))));
    while (!terminal.answered().contains("Ctrl-C")) {
      assertThat(screen).as(terminal.shown()).isNotDone();
      Thread.sleep(20);
    }
    Matcher printed = CONNECTION.matcher(terminal.answered());
    assertThat(printed.find()).as(terminal.answered()).isTrue();
    Open open =
        new Open(
            terminal,
            command,
            screen,
            printed.group(1),
            printed.group(2),
            Integer.parseInt(printed.group(3)),
            printed.group(4));
    opened.add(open);
    return open;
  }

  /** It looks at the certificate, and asks for everything at the location that it was told. */
  @Test
  void theJavaScriptSdkTakesItForTheAccount() throws Exception {
    write("data-contributor", "");
    Path ca = folder.resolve("tunnel.pem");
    Open tunnel = open("--role", "data-contributor", "--ca-file", ca.toString());

    String said =
        node(
            tunnel,
            ca,
            """
            const items = client.database("shop").container("orders").items;
            const big = "x".repeat(1_000_000);
            await items.create({ id: "o2", customerId: "c2", big });
            const { resource } = await client.database("shop").container("orders").item("o2", "c2").read();
            const { resources } = await items.query("SELECT VALUE c.id FROM c").fetchAll();
            const { resource: account } = await client.getDatabaseAccount();
            await client.database("shop").container("orders").item("o2", "c2").delete();
            console.log(JSON.stringify({
              big: resource.big === big, ids: resources.sort(), at: account.writableLocations }));
            """);

    JsonNode told = new ObjectMapper().readTree(said);
    assertThat(told.path("big").asBoolean()).as(said).isTrue();
    assertThat(told.path("ids")).hasToString("[\"o1\",\"o2\"]");
    assertThat(told.findValuesAsText("databaseAccountEndpoint")).containsOnly(tunnel.endpoint());
    assertThat(fixture.journal("leaseIssued")).hasSize(1);
  }

  @Test
  void theJavaSdkTakesItForTheAccount() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    Open tunnel = open();

    try (CosmosClient client = java(tunnel)) {
      var orders = client.getDatabase("shop").getContainer("orders");
      assertThat(orders.readItem("o1", new PartitionKey("c1"), JsonNode.class).getStatusCode())
          .isEqualTo(200);
      assertThat(
              orders.queryItems("SELECT * FROM c", new CosmosQueryRequestOptions(), JsonNode.class))
          .hasSize(1);
    }
  }

  private static CosmosClient java(Open tunnel) {
    return new CosmosClientBuilder()
        .endpoint(tunnel.endpoint())
        .key(tunnel.key())
        .gatewayMode()
        .buildClient();
  }

  @Test
  void itsCertificateIsForThisMachineAndItsKeyIsNowhere() throws Exception {
    Open tunnel = open();

    Path ca = tunnel.terminal().home().resolve("tunnel-" + tunnel.port() + ".pem");
    assertThat(tunnel.terminal().answered()).contains("NODE_EXTRA_CA_CERTS='" + ca + "'");
    assertThat(ca).content().startsWith("-----BEGIN CERTIFICATE-----").doesNotContain("PRIVATE");
    assertThat(
            node(
                tunnel,
                ca,
                "console.log((await client.getDatabaseAccount()).resource.writableLocations)"))
        .contains(tunnel.endpoint());
  }

  @Test
  void ctrlCClosesItAndEndsTheLease() throws Exception {
    Open tunnel = open("--plain");
    assertThat(tunnel.connectionString()).contains("http://localhost:");
    assertThat(status(tunnel, signed(tunnel, ""))).isEqualTo(200);

    Screen screen = tunnel.close();

    assertThat(screen.exitCode()).isZero();
    assertThat(screen.err()).isEmpty();
    assertThat(screen.out())
        .containsPattern("The tunnel is closed, and lease \\S+ has ended\\.\n$")
        .doesNotContain("sig=");
    assertThat(fixture.journal("leaseRevoked")).hasSize(1);
    // Nobody listens there any more.
    try (ServerSocket again =
        new ServerSocket(tunnel.port(), 1, InetAddress.getLoopbackAddress())) {
      assertThat(again.isBound()).isTrue();
    }
  }

  @Test
  void aSignalDoesTheSame() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Ephemeris.class.getName(),
            "tunnel",
            "orders-prod/shop/orders",
            "--port",
            "0");
    builder
        .environment()
        .putAll(
            Map.of(
                "EPHEMERIS_HOME", folder.toString(),
                "EPHEMERIS_TOKEN", fixture.token(GatewayFixture.ALICE),
                "EPHEMERIS_GATEWAY", fixture.gateway().api().toString(),
                "EPHEMERIS_CA", fixture.certificate().authority().toString()));
    Process process = builder.redirectError(folder.resolve("said").toFile()).start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    while (line != null && !line.startsWith("Ctrl-C")) {
      line = out.readLine();
    }
    assertThat(line).as(Files.readString(folder.resolve("said"))).isNotNull();

    assertThat(process.toHandle().destroy()).isTrue();

    assertThat(out.readLine()).matches("The tunnel is closed, and lease \\S+ has ended\\.");
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(fixture.journal("leaseRevoked")).hasSize(1);
  }

  @Test
  void theLeaseIsRenewedAndAtItsLastEndTheTunnelEnds() throws Exception {
    write("data-reader", "    ttl: { default: 10m, max: 22m }\n");
    Terminal terminal =
        terminal()
            .meanwhile(
                time -> {
                  Thread.sleep(5);
                  fixture.clock().advance(time);
                });
    Screen screen = open(terminal, "--plain").screen().get(60, TimeUnit.SECONDS);

    assertThat(fixture.journal("leaseRenewed")).hasSize(2);
    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.err())
        .contains("can't be renewed past that")
        .containsPattern("\nephemeris: Lease \\S+ has ended, and the tunnel with it\\.\n$");
  }

  @Test
  void aRuleThatOnlyHasItInAnEnvironmentGivesNone() throws Exception {
    write("data-reader", "    deliver: [env]\n");

    Screen screen = terminal().run("tunnel", "orders-prod/shop/orders", "--port", "0");

    assertThat(screen.exitCode()).isEqualTo(1);
    assertThat(screen.err()).contains("handed over as env, and connectionString was asked for");
  }

  @Test
  void aPortInUseIsSaidAndTheLeaseIsNotLeftBehind() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Screen screen =
          terminal().run("tunnel", "orders-prod/shop/orders", "--port", "" + other.getLocalPort());

      assertThat(screen.exitCode()).isEqualTo(5);
      assertThat(screen.err())
          .contains("Port " + other.getLocalPort() + " of 127.0.0.1 can't be listened on (Address")
          .hasLineCount(1);
      assertThat(fixture.journal("leaseRevoked")).hasSize(1);
    }
  }

  @Test
  void nobodyGetsInWithoutTheKey() throws Exception {
    Open tunnel = open("--plain");
    String other = Base64.getEncoder().encodeToString(new byte[64]);

    assertThat(status(tunnel, request(tunnel, ""))).isEqualTo(401);
    assertThat(
            status(
                tunnel, request(tunnel, "authorization: type%3Dmaster%26ver%3D1.0%26sig%3Dx\r\n")))
        .isEqualTo(401);
    assertThat(status(tunnel, request(tunnel, signature(other, DOCUMENT, 0)))).isEqualTo(401);
    // Signed for something else, or long ago, or to come.
    assertThat(
            status(
                tunnel,
                request(tunnel, signature(tunnel.key(), "/dbs/shop/colls/orders/docs/o2", 0))))
        .isEqualTo(401);
    assertThat(status(tunnel, request(tunnel, signature(tunnel.key(), DOCUMENT, -6))))
        .isEqualTo(401);
    assertThat(status(tunnel, request(tunnel, signature(tunnel.key(), DOCUMENT, 6))))
        .isEqualTo(401);
    assertThat(fixture.account().received()).noneMatch(sent -> sent.target().contains("docs"));
    assertThat(status(tunnel, signed(tunnel, ""))).isEqualTo(200);
  }

  /** What a page in a browser on this machine can send, even if it had seen a signed request. */
  @Test
  void noWebPageGetsIn() throws Exception {
    Open tunnel = open("--plain");
    String request = signed(tunnel, "");

    for (String name :
        List.of(
            "evil.example",
            "evil.example:" + tunnel.port(),
            "localhost",
            "0.0.0.0:" + tunnel.port())) {
      assertThat(
              status(tunnel, request.replace("localhost:" + tunnel.port() + "\r\n", name + "\r\n")))
          .as(name)
          .isEqualTo(400);
    }
    assertThat(status(tunnel, signed(tunnel, "Origin: https://evil.example\r\n"))).isEqualTo(403);
    assertThat(status(tunnel, signed(tunnel, "origin: null\r\n"))).isEqualTo(403);
    assertThat(
            status(
                tunnel,
                signed(tunnel, "")
                    .replace("localhost:" + tunnel.port(), "127.0.0.1:" + tunnel.port())))
        .isEqualTo(200);
  }

  @Test
  void aGatewayThatIsAwayIsAnAnswerOfItsOwn() throws Exception {
    Open tunnel = open("--plain");
    fixture.stopGateway();

    String answer = exchange(tunnel, signed(tunnel, ""));

    assertThat(answer)
        .startsWith("HTTP/1.1 503 ")
        .contains("The tunnel can't reach the gateway at https://localhost:");
    fixture.restart();
  }

  private static String request(Open tunnel, String headers) {
    return "GET "
        + DOCUMENT
        + " HTTP/1.1\r\nHost: localhost:"
        + tunnel.port()
        + "\r\nConnection: close\r\nx-ms-version: 2020-07-15\r\n"
        + "x-ms-documentdb-partitionkey: [\"c1\"]\r\n"
        + headers
        + "\r\n";
  }

  private String signed(Open tunnel, String headers) {
    return request(tunnel, signature(tunnel.key(), DOCUMENT, 0) + headers);
  }

  private String signature(String key, String path, int minutesFromNow) {
    String date =
        HttpDate.format(fixture.clock().instant().plus(Duration.ofMinutes(minutesFromNow)));
    return "x-ms-date: "
        + date
        + "\r\nauthorization: "
        + MasterKey.ofBase64(key)
            .authorization(Verb.GET, ResourceType.ITEM, path.substring(1), date)
        + "\r\n";
  }

  private static int status(Open tunnel, String request) throws IOException {
    return Integer.parseInt(exchange(tunnel, request).split(" ", 3)[1]);
  }

  private static String exchange(Open tunnel, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String node(Open tunnel, Path ca, String script) throws Exception {
    Path said = folder.resolve("said");
    ProcessBuilder node =
        new ProcessBuilder(
                "node",
                "--input-type=module",
                "--eval",
                """
                import { CosmosClient } from "@azure/cosmos";
                const client = new CosmosClient(process.env.COSMOS_CONNECTION_STRING);
                """
                    + script)
            .directory(Path.of("src", "test", "js").toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    node.environment().put("NODE_EXTRA_CA_CERTS", ca.toString());
    node.environment().put("COSMOS_CONNECTION_STRING", tunnel.connectionString());
    int exitCode = node.start().waitFor();
    assertThat(exitCode).as(Files.readString(said)).isZero();
    return Files.readString(said);
  }

  /** The rule, with another role, and with more to it. */
  private void write(String role, String more) throws Exception {
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: the team works on orders
            for: { groups: [group:default/team] }
            role: %s
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
        """
                .formatted(role)
            + more);
    fixture.restart();
  }
}
