package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.AzureKeyCredential;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.GatewayConnectionConfig;
import com.azure.cosmos.Http2ConnectionConfig;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.sdk.SdkCall.Target;
import dev.ephemeris.gateway.sdk.SdkWorld.Lease;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Where in an SDK a lease's token goes, and what its end looks like there. */
class CredentialFormsTest {

  private static SdkWorld world;
  private static JavaScriptSdk javaScript;
  private static String lease;

  @BeforeAll
  static void start() throws Exception {
    world = new SdkWorld();
    javaScript = new JavaScriptSdk(world.caCertificates());
    lease = world.lease().token();
  }

  @AfterAll
  static void stop() throws IOException {
    javaScript.close();
    world.close();
  }

  @BeforeEach
  void reset() {
    world.nextMoment();
    world.reset();
    world.frontDoor().knocks();
  }

  @Test
  void javaTakesItAsAKey() {
    assertReads(builder -> builder.key(lease));
  }

  @Test
  void javaTakesItAsAResourceToken() {
    assertReads(builder -> builder.resourceToken(lease));
  }

  @Test
  void javaTakesAKeyCredentialForAnAccountsKeyAndNothingElse() {
    assertThatThrownBy(
            () -> client(world, builder -> builder.credential(new AzureKeyCredential(lease))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(world.frontDoor().knocks()).isEmpty();
  }

  @Test
  void javaAsksForItWithEachRequest() throws Exception {
    Lease first = world.lease();
    AtomicReference<String> token = new AtomicReference<>(first.token());
    try (CosmosClient client =
        client(
            world,
            builder ->
                builder.authorizationTokenResolver(
                    (verb, link, type, properties) -> token.get()))) {
      assertThat(read(world, client).path("id").textValue()).isEqualTo("o1");

      world.revoke(first);
      token.set(lease);

      assertThat(read(world, client).path("id").textValue()).isEqualTo("o1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenProvider", "resourceTokens"})
  void javaScriptTakesItAs(String option) throws IOException {
    assertThat(ask("read-item", lease, option).path("status").intValue()).isEqualTo(200);
    assertThat(ask("query-order-by", lease, option).path("body")).hasSize(12);
  }

  @Test
  void javaScriptSignsWithWhatItIsGivenAsAKey() throws IOException {
    JsonNode answer = ask("read-item", lease, "key");

    assertThat(answer.path("status").intValue()).isEqualTo(401);
    assertThat(answer.path("message").textValue())
        .contains("JavaScript", "tokenProvider")
        .doesNotContain(lease.substring(lease.length() - 20));
    assertThat(world.frontDoor().knocks()).hasSize(1);
    assertNothingReachedTheAccount(world);
  }

  @Test
  void theAccountsOwnKeyOpensNothing() throws IOException {
    JsonNode answer = ask("read-item", world.account().key(), "key");

    assertThat(answer.path("status").intValue()).isEqualTo(401);
    assertNothingReachedTheAccount(world);
  }

  @Test
  void directModeIsToldHowToSwitchAndAsksOnce() {
    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(world.frontDoor().endpoint().toString())
            .key(lease)
            .directMode()
            .buildClient()) {
      assertThatThrownBy(() -> read(world, client))
          .isInstanceOfSatisfying(
              CosmosException.class,
              e -> {
                assertThat(e.getStatusCode()).isEqualTo(403);
                assertThat(e.getSubStatusCode()).isEqualTo(5300);
              })
          .hasMessageContaining("gatewayMode()");
    }
    assertThat(world.frontDoor().knocks())
        .filteredOn(knock -> knock.contains("/addresses"))
        .hasSize(1)
        .allMatch(knock -> knock.endsWith(" 403"));
    assertThat(world.receivedOnItems()).isEmpty();
  }

  @Test
  void aRevokedLeaseIsRefusedOnTheNextRequestAndOnce() throws Exception {
    Lease revoked = world.lease();
    String why = "Lease " + revoked.id() + " was revoked at ";
    try (CosmosClient client = client(world, builder -> builder.key(revoked.token()))) {
      assertThat(read(world, client).path("id").textValue()).isEqualTo("o1");
      assertThat(ask("read-item", revoked.token(), "tokenProvider").path("status").intValue())
          .isEqualTo(200);

      world.revoke(revoked);

      assertRefusedOnce(world, client, why);
      assertRefusedOnce(world, javaScript, revoked, why);
    }
  }

  @Test
  void anExpiredLeaseIsRefusedOnTheNextRequestAndOnce() throws Exception {
    // A world of its own, since its clock is moved.
    try (SdkWorld later = new SdkWorld();
        JavaScriptSdk node = new JavaScriptSdk(later.caCertificates())) {
      Lease expired = later.lease();
      String why = "Lease " + expired.id() + " expired at ";
      try (CosmosClient client = client(later, builder -> builder.key(expired.token()))) {
        assertThat(read(later, client).path("id").textValue()).isEqualTo("o1");
        assertThat(
                ask(later, node, "read-item", expired.token(), "tokenProvider")
                    .path("status")
                    .intValue())
            .isEqualTo(200);

        later.clock().advance(Duration.ofSeconds(3601));

        assertRefusedOnce(later, client, why);
        assertRefusedOnce(later, node, expired, why);
      }
    }
  }

  @Test
  void bothTakeACredentialOfTheApplicationsOwn() throws Exception {
    String token = world.ownToken();

    assertReads(
        builder ->
            builder.credential(
                request ->
                    Mono.just(
                        new AccessToken(token, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)))));
    assertThat(ask("read-item", token, "accessToken").path("status").intValue()).isEqualTo(200);
    assertThat(ask("query-order-by", token, "accessToken").path("body")).hasSize(12);
  }

  /** The endpoint that comes with the key is part of it. */
  @Test
  void bothSignWithALeasesKey() throws Exception {
    JsonNode lease = world.keyLease();
    String key = lease.path("key").textValue();
    URI given = URI.create(lease.path("endpoint").textValue());
    URI door =
        URI.create(
            "https://" + given.getHost() + ":" + world.frontDoor().endpoint().getPort() + "/");

    // See SdkWorld: the certificate isn't looked at for this host either.
    System.setProperty("COSMOS.EMULATOR_HOST", door.getHost());
    try {
      assertReadsAndQueries(door, builder -> builder.key(key));
      assertReadsAndQueries(door, builder -> builder.credential(new AzureKeyCredential(key)));
    } finally {
      System.clearProperty("COSMOS.EMULATOR_HOST");
    }
    Target target = new Target(door, key, world.database("shop"), "");
    assertThat(javaScript.run("read-item", target, "key").path("status").intValue()).isEqualTo(200);
    assertThat(javaScript.run("query-order-by", target, "key").path("body")).hasSize(12);
    assertThat(lease.path("connectionString").textValue())
        .isEqualTo("AccountEndpoint=" + given + ";AccountKey=" + key + ";");
  }

  /** The Java SDK speaks HTTP/2 if it is told to. */
  @Test
  void javaSpeaksHttp2() {
    GatewayConnectionConfig http2 =
        new GatewayConnectionConfig()
            .setHttp2ConnectionConfig(new Http2ConnectionConfig().setEnabled(true));
    world.frontDoor().versions();
    try (CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(world.frontDoor().endpoint().toString())
            .key(lease)
            .gatewayMode(http2)
            .buildClient()) {
      CosmosContainer orders = client.getDatabase(world.database("shop")).getContainer("orders");
      PartitionKey key = new PartitionKey("c9");
      ObjectNode item =
          JsonNodeFactory.instance.objectNode().put("id", "h2").put("customerId", "c9");

      assertThat(orders.createItem(item, key, null).getStatusCode()).isEqualTo(201);
      assertThat(orders.upsertItem(item.put("n", 2), key, null).getStatusCode()).isEqualTo(200);
      assertThat(orders.readItem("h2", key, ObjectNode.class).getItem().path("n").intValue())
          .isEqualTo(2);
      assertThat(
              orders
                  .queryItems("SELECT * FROM c", new CosmosQueryRequestOptions(), ObjectNode.class)
                  .stream())
          .hasSizeGreaterThan(1);
      CosmosBatch batch = CosmosBatch.createCosmosBatch(key);
      batch.readItemOperation("h2");
      batch.deleteItemOperation("h2");
      assertThat(orders.executeCosmosBatch(batch).isSuccessStatusCode()).isTrue();
      assertThatThrownBy(() -> orders.readItem("h2", key, ObjectNode.class))
          .isInstanceOfSatisfying(
              CosmosException.class, e -> assertThat(e.getStatusCode()).isEqualTo(404));
    }
    assertThat(world.frontDoor().versions()).containsExactly(HttpVersion.HTTP_2);
  }

  private static void assertReadsAndQueries(
      URI endpoint, UnaryOperator<CosmosClientBuilder> credential) {
    try (CosmosClient client =
        credential
            .apply(new CosmosClientBuilder().endpoint(endpoint.toString()))
            .gatewayMode()
            .buildClient()) {
      assertThat(read(world, client).path("id").textValue()).isEqualTo("o1");
      assertThat(
              client
                  .getDatabase(world.database("shop"))
                  .getContainer("orders")
                  .queryItems(
                      "SELECT * FROM c",
                      new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey("c1")),
                      ObjectNode.class)
                  .stream())
          .isNotEmpty();
    }
  }

  private static void assertRefusedOnce(SdkWorld at, CosmosClient client, String why) {
    at.reset();
    at.frontDoor().knocks();
    assertThatThrownBy(() -> read(at, client))
        .isInstanceOfSatisfying(
            CosmosException.class, e -> assertThat(e.getStatusCode()).isEqualTo(401))
        .hasMessageContaining(why);
    assertOneKnockOnTheItem(at);
  }

  private static void assertRefusedOnce(SdkWorld at, JavaScriptSdk node, Lease lease, String why)
      throws IOException {
    at.reset();
    at.frontDoor().knocks();
    JsonNode answer = ask(at, node, "read-item", lease.token(), "tokenProvider");
    assertThat(answer.path("status").intValue()).isEqualTo(401);
    assertThat(answer.path("message").textValue()).contains(why);
    assertOneKnockOnTheItem(at);
  }

  private static void assertOneKnockOnTheItem(SdkWorld at) {
    assertThat(at.frontDoor().knocks())
        .isEqualTo(List.of("GET /dbs/" + at.database("shop") + "/colls/orders/docs/o1 401"));
    assertNothingReachedTheAccount(at);
  }

  private static void assertNothingReachedTheAccount(SdkWorld at) {
    assertThat(at.account().received().orElse(List.of())).isEmpty();
  }

  private static void assertReads(UnaryOperator<CosmosClientBuilder> credential) {
    try (CosmosClient client = client(world, credential)) {
      assertThat(read(world, client).path("id").textValue()).isEqualTo("o1");
    }
    assertThat(world.frontDoor().knocks())
        .contains("GET /dbs/" + world.database("shop") + "/colls/orders/docs/o1 200");
  }

  private static ObjectNode read(SdkWorld at, CosmosClient client) {
    return client
        .getDatabase(at.database("shop"))
        .getContainer("orders")
        .readItem("o1", new PartitionKey("c1"), ObjectNode.class)
        .getItem();
  }

  private static CosmosClient client(SdkWorld at, UnaryOperator<CosmosClientBuilder> credential) {
    return credential
        .apply(new CosmosClientBuilder().endpoint(at.frontDoor().endpoint().toString()))
        .gatewayMode()
        .buildClient();
  }

  private static JsonNode ask(String operation, String credential, String option)
      throws IOException {
    return ask(world, javaScript, operation, credential, option);
  }

  private static JsonNode ask(
      SdkWorld at, JavaScriptSdk node, String operation, String credential, String option)
      throws IOException {
    return node.run(
        operation,
        new Target(at.frontDoor().endpoint(), credential, at.database("shop"), ""),
        option);
  }
}
