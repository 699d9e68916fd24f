package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.AzureKeyCredential;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.sdk.SdkCall.Target;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What docs/sdk.md shows is what is run here, and goes on when a lease ends. */
class SnippetsTest {

  private static final Path DOCS = Path.of("..", "docs", "sdk.md");
  private static final List<Path> SOURCES =
      List.of(
          Path.of("src/test/java/dev/ephemeris/gateway/sdk/JavaSnippets.java"),
          Path.of("src/test/java/dev/ephemeris/gateway/sdk/LeaseTokens.java"),
          Path.of("src/test/js/snippets.mjs"));

  private static final Pattern IN_SOURCE =
      Pattern.compile("^ *// snippet: (\\S+)\n(.*?)^ *// end$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern IN_DOCS =
      Pattern.compile(
          "(?:<!-- snippet: (\\S+) -->\n)?^```(\\w+)\n(.*?)^```$",
          Pattern.MULTILINE | Pattern.DOTALL);

  /**
   * Of leases and tokens. All tests together move the gateway's clock by less than the account's
   * tolerance.
   */
  private static final Duration LIFE = Duration.ofSeconds(30);

  private static SdkWorld world;
  private static JavaScriptSdk node;
  private static String wanted;

  /** The ids of the leases that there were before the test. */
  private List<String> before = List.of();

  @BeforeAll
  static void start() throws Exception {
    world = new SdkWorld();
    node = new JavaScriptSdk(world.caCertificates());
    wanted =
        JsonNodeFactory.instance
            .objectNode()
            .put("scope", SdkWorld.ACCOUNT + ":/dbs/" + world.database("shop"))
            .put("role", "data-contributor")
            .put("ttlSeconds", LIFE.toSeconds())
            .toString();
  }

  @AfterAll
  static void stop() throws IOException {
    node.close();
    world.close();
  }

  @BeforeEach
  void lookOn() throws Exception {
    before = world.leases();
    world.frontDoor().knocks();
    world.frontDoor().versions();
  }

  @Test
  void theDocumentationShowsWhatIsTested() throws IOException {
    Map<String, String> tested = new TreeMap<>();
    for (Path source : SOURCES) {
      Matcher snippet = IN_SOURCE.matcher(Files.readString(source));
      while (snippet.find()) {
        assertThat(
                tested.put(
                    snippet.group(1), snippet.group(2).stripTrailing().stripIndent().strip()))
            .isNull();
      }
    }
    Map<String, String> shown = new TreeMap<>();
    Matcher block = IN_DOCS.matcher(Files.readString(DOCS));
    while (block.find()) {
      assertThat(block.group(1)).as("the name of a snippet before %s", block.group()).isNotNull();
      assertThat(shown.put(block.group(1), block.group(3).strip())).isNull();
    }
    assertThat(tested).isNotEmpty();
    assertThat(shown).isEqualTo(tested);
  }

  @Test
  void javaGoesOnWhenALeaseEnds() throws Exception {
    LeaseTokens tokens = tokens();
    try (CosmosClient client = JavaSnippets.withLeaseTokens(endpoint(), tokens)) {
      read(client);
      read(client);
      assertThat(leases()).hasSize(1);

      // Before its end, and then the first has ended.
      world.clock().advance(LIFE.minusSeconds(5));
      read(client);
      world.clock().advance(Duration.ofSeconds(10));
      read(client);

      assertThat(leases()).hasSize(2);
    }
    assertThat(world.frontDoor().knocks()).noneMatch(knock -> knock.endsWith(" 401"));
  }

  @Test
  void javaGoesOnWhenALeaseIsRevoked() throws Exception {
    LeaseTokens tokens = tokens();
    try (CosmosClient client = JavaSnippets.withLeaseTokens(endpoint(), tokens)) {
      read(client);

      world.revoke(leases().getFirst());

      assertThatThrownBy(() -> read(client))
          .isInstanceOfSatisfying(
              CosmosException.class, e -> assertThat(e.getStatusCode()).isEqualTo(401));
      assertThat(JavaSnippets.withLease(tokens, () -> read(client)).path("id").textValue())
          .isEqualTo("o1");
      assertThat(leases()).hasSize(2);
    }
  }

  @Test
  void javaScriptGoesOnWhenALeaseEnds() throws Exception {
    ObjectNode lease = lease();
    assertReads(lease, Duration.ZERO);
    assertReads(lease, Duration.ZERO);
    assertThat(leases()).hasSize(1);

    Duration almost = LIFE.minusSeconds(5);
    world.clock().advance(almost);
    assertReads(lease, almost);
    world.clock().advance(Duration.ofSeconds(10));
    assertReads(lease, Duration.ofSeconds(10));

    assertThat(leases()).hasSize(2);
    assertThat(world.frontDoor().knocks()).noneMatch(knock -> knock.endsWith(" 401"));
  }

  @Test
  void javaScriptGoesOnWhenALeaseIsRevoked() throws Exception {
    ObjectNode lease = lease();
    assertReads(lease, Duration.ZERO);

    world.revoke(leases().getFirst());
    world.frontDoor().knocks();

    assertReads(lease, Duration.ZERO);
    assertThat(leases()).hasSize(2);
    assertThat(world.frontDoor().knocks())
        .map(knock -> knock.substring(knock.lastIndexOf(' ') + 1))
        .containsExactly("401", "200");
  }

  /** The SDK asks for the next by itself, at most twice a minute. */
  @Tag("full")
  @Test
  void javaRenewsItsOwnToken() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (CosmosClient client =
        JavaSnippets.withOwnToken(
            endpoint(),
            request ->
                Mono.fromSupplier(
                    () -> {
                      asked.incrementAndGet();
                      return new AccessToken(
                          world.ownToken(LIFE), OffsetDateTime.now(ZoneOffset.UTC).plus(LIFE));
                    }))) {
      read(client);
      assertThat(asked).hasValue(1);

      Thread.sleep(LIFE.plusSeconds(1));

      read(client);
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void bothTakeTheApplicationsOwnToken() throws Exception {
    String token = world.ownToken();
    try (CosmosClient client =
        JavaSnippets.withOwnToken(
            endpoint(),
            request ->
                Mono.just(
                    new AccessToken(token, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1))))) {
      read(client);
    }
    assertReads(JsonNodeFactory.instance.objectNode().put("accessToken", token), Duration.ZERO);
  }

  @Test
  void javaScriptTakesAConnectionString() throws Exception {
    ObjectNode credential =
        JsonNodeFactory.instance
            .objectNode()
            .put("connectionString", world.keyLease().path("connectionString").textValue());
    assertReads(credential, Duration.ZERO);
  }

  /** Its endpoint is the first lease's, which the next one's key doesn't open. */
  @Test
  void javasKeyCredentialTakesNoOtherLeasesKey() throws Exception {
    JsonNode first = world.keyLease();
    AzureKeyCredential credential = new AzureKeyCredential(first.path("key").textValue());
    String endpoint = first.path("endpoint").textValue();
    // See SdkWorld: the certificate isn't looked at for this host either.
    System.setProperty("COSMOS.EMULATOR_HOST", URI.create(endpoint).getHost());
    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(endpoint)
            .credential(credential)
            .gatewayMode()
            .buildClient()) {
      read(client);

      credential.update(world.keyLease().path("key").textValue());

      assertThatThrownBy(() -> read(client))
          .isInstanceOfSatisfying(
              CosmosException.class, e -> assertThat(e.getStatusCode()).isEqualTo(401));
      credential.update(first.path("key").textValue());
      read(client);
    } finally {
      System.clearProperty("COSMOS.EMULATOR_HOST");
    }
  }

  @Test
  void javaTakesALeaseTokenAndSpeaksHttp2() throws Exception {
    String token = world.lease().token();
    try (CosmosClient client = JavaSnippets.withALeaseToken(endpoint(), token)) {
      read(client);
    }
    assertThat(world.frontDoor().versions()).containsExactly(HttpVersion.HTTP_1_1);
    try (CosmosClient client = JavaSnippets.overHttp2(endpoint(), token)) {
      read(client);
    }
    assertThat(world.frontDoor().versions()).containsExactly(HttpVersion.HTTP_2);
  }

  /** Those of this test. */
  private List<String> leases() throws Exception {
    List<String> all = world.leases();
    return all.subList(before.size(), all.size());
  }

  private static LeaseTokens tokens() {
    return new LeaseTokens(world.http(), world.api(), world::apiToken, wanted, world.clock());
  }

  private static ObjectNode lease() {
    ObjectNode credential = JsonNodeFactory.instance.objectNode();
    credential
        .putObject("lease")
        .put("api", world.api().toString())
        .put("accessToken", world.apiToken())
        .set("wanted", SdkWorld.json(wanted));
    return credential;
  }

  private static String endpoint() {
    return world.frontDoor().endpoint().toString();
  }

  private static ObjectNode read(CosmosClient client) {
    return client
        .getDatabase(world.database("shop"))
        .getContainer("orders")
        .readItem("o1", new PartitionKey("c1"), ObjectNode.class)
        .getItem();
  }

  private static void assertReads(ObjectNode credential, Duration later) throws IOException {
    Target target = new Target(world.frontDoor().endpoint(), "", world.database("shop"), "");
    assertThat(node.run("read-item", target, credential, later).path("status").intValue())
        .isEqualTo(200);
  }
}
