package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.AzureKeyCredential;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Shows each form of credential with azure-cosmos for Java. */
class CredentialsSdkTest {

  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static TestTenant tenant;

  @BeforeAll
  static void start() throws Exception {
    // The SDK offers no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    running = new RunningSimulator();
    tenant = new TestTenant();
    running.simulator.access().trust(tenant.asTrusted());
  }

  @AfterAll
  static void stop() {
    running.close();
    tenant.close();
  }

  @BeforeEach
  void twoItems() {
    running.resetWithContainer();
    running.put("{'id': '1', 'pk': 'a'}");
    running.put("{'id': '2', 'pk': 'b'}");
  }

  private static CosmosClientBuilder builder() {
    return new CosmosClientBuilder()
        .endpoint(running.simulator.endpoint().toString())
        .gatewayMode();
  }

  private static CosmosContainer orders(CosmosClient client) {
    return client.getDatabase("shop").getContainer("orders");
  }

  private static void read(CosmosContainer orders, String id, String key) {
    orders.readItem(id, new PartitionKey(key), JsonNode.class);
  }

  private static long count(CosmosContainer orders, CosmosQueryRequestOptions options) {
    return orders.queryItems("SELECT * FROM c", options, JsonNode.class).stream().count();
  }

  private static void create(CosmosContainer orders, String key) {
    orders.createItem(RunningSimulator.json("{'id': 'new', 'pk': '" + key + "'}"));
  }

  private static void assertRefused(int status, int subStatus, Runnable call) {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(call::run)
        .satisfies(
            refusal -> {
              assertThat(refusal.getStatusCode()).isEqualTo(status);
              assertThat(refusal.getSubStatusCode()).isEqualTo(subStatus);
            });
  }

  @Test
  void readsButDoesntWriteWithAReadOnlyKey() {
    String key = running.simulator.access().key(KeyKind.SECONDARY_READONLY);
    try (CosmosClient client = builder().key(key).buildClient()) {
      read(orders(client), "1", "a");
      assertThat(count(orders(client), new CosmosQueryRequestOptions())).isEqualTo(2);
      assertRefused(401, 0, () -> create(orders(client), "a"));
      assertRefused(401, 0, () -> client.createDatabase("more"));
    }
    assertThat(running.simulator.find("shop", "orders", "new")).isEmpty();
  }

  @Test
  void goesOnWithANewKeyInTheSameClient() {
    AzureKeyCredential credential = new AzureKeyCredential(RunningSimulator.KEY);
    try (CosmosClient client = builder().credential(credential).buildClient()) {
      String made = running.simulator.access().regenerateKey(KeyKind.PRIMARY);
      assertRefused(401, 0, () -> read(orders(client), "1", "a"));

      credential.update(made);

      read(orders(client), "1", "a");
    }
  }

  @Test
  void readsAContainerWithAResourceToken() {
    String token = mint(PermissionMode.READ, "");
    try (CosmosClient client = builder().resourceToken(token).buildClient()) {
      read(orders(client), "1", "a");
      assertThat(count(orders(client), new CosmosQueryRequestOptions())).isEqualTo(2);
      assertRefused(403, 0, () -> create(orders(client), "a"));
    }
  }

  @Test
  void worksInOnePartitionWithAResourceTokenInThePlaceOfAKey() {
    String token = mint(PermissionMode.ALL, "[\"a\"]");
    try (CosmosClient client = builder().key(token).buildClient()) {
      CosmosQueryRequestOptions onlyA =
          new CosmosQueryRequestOptions().setPartitionKey(new PartitionKey("a"));

      create(orders(client), "a");
      assertThat(count(orders(client), onlyA)).isEqualTo(2);
      assertRefused(403, 0, () -> read(orders(client), "2", "b"));
      assertRefused(403, 0, () -> create(orders(client), "b"));
      assertRefused(403, 0, () -> count(orders(client), new CosmosQueryRequestOptions()));
    }
  }

  private static String mint(PermissionMode mode, String key) {
    return running
        .simulator
        .access()
        .mintResourceToken(
            mode,
            ORDERS,
            Optional.of(key).flatMap(dev.ephemeris.cosmos.PartitionKey::parse),
            Duration.ofMinutes(10));
  }

  @Test
  void readsWithAnEntraTokenAndARoleOnTheContainer() {
    running
        .simulator
        .access()
        .assign(
            new RoleAssignment(
                TestTenant.ALICE.subject(), RoleDefinition.DATA_READER, "/" + ORDERS));
    try (CosmosClient client =
        builder()
            .credential(
                _ ->
                    Mono.just(
                        new AccessToken(
                            tenant.token(), OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(10))))
            .buildClient()) {
      read(orders(client), "1", "a");
      assertThat(count(orders(client), new CosmosQueryRequestOptions())).isEqualTo(2);
      assertRefused(403, 5301, () -> create(orders(client), "a"));
      assertRefused(403, 5300, () -> client.createDatabase("more"));
      running.simulator.access().disableLocalAuth(true);
      read(orders(client), "1", "a");
    }
  }

  @Test
  void isToldThatLocalAuthorizationIsDisabled() {
    try (CosmosClient client = builder().key(RunningSimulator.KEY).buildClient()) {
      running.simulator.access().disableLocalAuth(true);

      assertRefused(401, 5202, () -> read(orders(client), "1", "a"));
    }
  }
}
