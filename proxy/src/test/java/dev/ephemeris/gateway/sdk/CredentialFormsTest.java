package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AzureKeyCredential;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.sdk.SdkCall.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where in an SDK a lease's token goes, and what its end looks like there. */
class CredentialFormsTest {

  private static SdkWorld world;
  private static JavaScriptSdk javaScript;
  private static String lease;

  @BeforeAll
  static void start() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    world = new SdkWorld();
    javaScript = new JavaScriptSdk(world.fixture().certificate().authority());
    lease = world.lease();
  }

  @AfterAll
  static void stop() throws IOException {
    javaScript.close();
    world.close();
  }

  @BeforeEach
  void reset() {
    world.reset();
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
    assertThatThrownBy(() -> gateway(builder -> builder.credential(new AzureKeyCredential(lease))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void javaAsksForItWithEachRequest() throws Exception {
    Issuance.Issued first = issued();
    AtomicReference<String> token = new AtomicReference<>(first.token().reveal());
    try (CosmosClient client =
        gateway(
            builder ->
                builder.authorizationTokenResolver(
                    (verb, link, type, properties) -> token.get()))) {
      assertThat(read(client).path("id").textValue()).isEqualTo("o1");

      revoke(first);
      token.set(lease);

      assertThat(read(client).path("id").textValue()).isEqualTo("o1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenProvider", "resourceTokens"})
  void javaScriptTakesItAs(String option) throws IOException {
    assertThat(javaScript("read-item", lease, option).path("status").intValue()).isEqualTo(200);
    assertThat(javaScript("query-order-by", lease, option).path("body")).hasSize(12);
  }

  @Test
  void javaScriptSignsWithWhatItIsGivenAsAKey() throws IOException {
    JsonNode answer = javaScript("read-item", lease, "key");

    assertThat(answer.path("status").intValue()).isEqualTo(401);
    assertThat(answer.path("message").textValue())
        .contains("JavaScript", "tokenProvider")
        .doesNotContain(lease.substring(lease.length() - 20));
    assertThat(world.fixture().simulator().received()).isEmpty();
  }

  @Test
  void theAccountsOwnKeyOpensNothing() throws IOException {
    JsonNode answer = javaScript("read-item", world.accountKey(), "key");

    assertThat(answer.path("status").intValue()).isEqualTo(401);
    assertThat(world.fixture().simulator().received()).isEmpty();
  }

  @Test
  void directModeIsToldHowToSwitch() {
    try (CosmosClient client = builder(lease).directMode().buildClient()) {
      assertThatThrownBy(() -> read(client))
          .isInstanceOf(CosmosException.class)
          .hasMessageContaining("gatewayMode()");
      assertThat(world.fixture().simulator().received())
          .noneMatch(request -> request.target().contains("addresses"));
    }
  }

  @Test
  void aRevokedLeaseIsRefusedOnTheNextRequestAndOnce() throws Exception {
    Issuance.Issued issued = issued();
    try (CosmosClient client = gateway(builder -> builder.key(issued.token().reveal()))) {
      assertThat(read(client).path("id").textValue()).isEqualTo("o1");
      revoke(issued);
      long failuresBefore = authenticationFailures();

      assertRefused(client, issued, "was revoked at ");
      assertThat(authenticationFailures() - failuresBefore).isEqualTo(1);
    }
    JsonNode answer = javaScript("read-item", issued.token().reveal(), "tokenProvider");
    assertThat(answer.path("status").intValue()).isEqualTo(401);
    assertThat(answer.path("message").textValue()).contains("was revoked at ");
  }

  @Test
  void anExpiredLeaseIsRefused() throws Exception {
    Issuance.Issued issued =
        world.fixture().lease("orders-prod:/dbs/shop", "data-contributor", Duration.ofSeconds(2));
    try (CosmosClient client = gateway(builder -> builder.key(issued.token().reveal()))) {
      while (issued.lease().expiresAt().isAfter(Instant.now())) {
        Thread.sleep(50);
      }

      assertRefused(client, issued, "expired at ");
    }
  }

  private static void assertRefused(CosmosClient client, Issuance.Issued issued, String why) {
    world.reset();
    assertThatThrownBy(() -> read(client))
        .isInstanceOfSatisfying(
            CosmosException.class, e -> assertThat(e.getStatusCode()).isEqualTo(401))
        .hasMessageContaining("Lease " + issued.lease().id() + " " + why);
    assertThat(world.itemRequests()).isEmpty();
  }

  private static void assertReads(UnaryOperator<CosmosClientBuilder> credential) {
    try (CosmosClient client = gateway(credential)) {
      assertThat(read(client).path("id").textValue()).isEqualTo("o1");
      assertThat(world.itemRequests()).hasSize(1);
    }
  }

  private static ObjectNode read(CosmosClient client) {
    return client
        .getDatabase("shop")
        .getContainer("orders")
        .readItem("o1", new PartitionKey("c1"), ObjectNode.class)
        .getItem();
  }

  private static CosmosClient gateway(UnaryOperator<CosmosClientBuilder> credential) {
    return credential
        .apply(new CosmosClientBuilder().endpoint(world.gateway().toString()))
        .gatewayMode()
        .buildClient();
  }

  private static CosmosClientBuilder builder(String key) {
    return new CosmosClientBuilder().endpoint(world.gateway().toString()).key(key);
  }

  private static JsonNode javaScript(String operation, String credential, String option)
      throws IOException {
    return javaScript.run(
        operation, new Target(world.gateway(), credential, "shop", "orders"), option);
  }

  private static Issuance.Issued issued() {
    return world.fixture().lease("orders-prod:/dbs/shop", "data-contributor");
  }

  private static void revoke(Issuance.Issued issued) {
    world
        .fixture()
        .leases()
        .revoke(issued.lease().id(), issued.lease().principal())
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static long authenticationFailures() throws IOException {
    try (var lines = Files.lines(world.fixture().journalFile())) {
      return lines.filter(line -> line.contains("authenticationFailed")).count();
    }
  }
}
