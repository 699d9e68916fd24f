package dev.ephemeris.gateway.custody;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.cosmos.KeyKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Twenty rotations, one after the other, while the real SDK works in the lanes that need keys. */
@Tag("full")
class RotationUnderLoadTest {

  private static final int ROTATIONS = 20;
  private static final int WORKERS = 2;

  private GatewayFixture fixture;
  private AzureBeside azure;

  /** Who works holds one of the first; who moves the clock holds the second. */
  private final ReadWriteLock working = new ReentrantReadWriteLock();

  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger carried = new AtomicInteger();
  private final AtomicInteger direct = new AtomicInteger();

  // Guarded by the lock.
  private Container throughTheGateway;
  private Container withAToken;

  /** A container by one lease, and the client that it is of. */
  private record Container(CosmosClient client, CosmosContainer orders) {}

  @BeforeEach
  void start() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    fixture = new GatewayFixture();
    fixture.configure(
        text ->
            text.replace(
                "keyFile: account.key", "lanes: [proxy, token]\n    keyFile: account.key"));
    azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
            "Microsoft.DocumentDB/databaseAccounts/regenerateKey/action");
    // The worse of what is possible: a key takes its tokens with it.
    fixture.account().access().endResourceTokensWithKeys(true);
    newLeases();
  }

  @AfterEach
  void stop() throws Exception {
    over.set(true);
    fixture.close();
    azure.close();
  }

  private void newLeases() throws Exception {
    throughTheGateway = container(lease("proxy"));
    withAToken = container(lease("token"));
  }

  private static Container container(JsonNode lease) {
    CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(lease.path("endpoint").asText())
            .key(lease.path("token").asText())
            .gatewayMode()
            .buildClient();
    return new Container(client, client.getDatabase("shop").getContainer("orders"));
  }

  private JsonNode lease(String lane) throws Exception {
    Reply reply =
        fixture.api(
            "POST",
            "/v1/leases",
            fixture.token(ALICE),
            "{\"scope\":\"" + ORDERS + "\",\"lane\":\"" + lane + "\"}");
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return reply.json();
  }

  private void work(boolean byToken, AtomicInteger done) {
    while (!over.get()) {
      working.readLock().lock();
      try {
        JsonNode unused =
            (byToken ? withAToken : throughTheGateway)
                .orders()
                .readItem("o1", new PartitionKey("c1"), JsonNode.class)
                .getItem();
        done.incrementAndGet();
      } catch (RuntimeException e) {
        failures.add(e);
      } finally {
        working.readLock().unlock();
      }
    }
  }

  private static void begin(Runnable work) {
    Thread worker = new Thread(work);
    worker.setDaemon(true);
    worker.start();
  }

  private JsonNode keys() throws Exception {
    return fixture.api("GET", "/v1/accounts/orders-prod/keys", fixture.token(OPAL), "").json();
  }

  private JsonNode awaitKeys(boolean changedOver) throws Exception {
    long until = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (true) {
      JsonNode keys = keys();
      boolean there =
          changedOver
              ? keys.at("/rotation/step").asText().equals("regenerate-used")
              : keys.path("rotation").isMissingNode();
      if (there) {
        return keys;
      }
      assertThat(System.nanoTime()).as(keys.toString()).isLessThan(until);
      Thread.sleep(50);
    }
  }

  private Set<String> keysOfTheAccount() {
    Set<String> keys = new HashSet<>();
    Arrays.stream(KeyKind.values()).forEach(kind -> keys.add(fixture.account().access().key(kind)));
    return keys;
  }

  @Test
  void noRequestFails() throws Exception {
    Set<String> seen = keysOfTheAccount();
    for (int i = 0; i < WORKERS; i++) {
      begin(() -> work(false, carried));
      begin(() -> work(true, direct));
    }

    for (int i = 0; i < ROTATIONS; i++) {
      int before = carried.get() + direct.get();
      Reply started =
          fixture.api(
              "POST",
              "/v1/accounts/orders-prod/rotations",
              fixture.token(OPAL),
              "{\"cutOffOthers\":true}");
      assertThat(started.status()).as(started.body()).isEqualTo(202);
      passTo(Instant.parse(started.json().at("/rotation/dueAt").asText()));
      JsonNode changedOver = awaitKeys(true);
      // For a while the tokens of before are used, whose key isn't in use any more.
      Thread.sleep(300);
      passTo(Instant.parse(changedOver.at("/rotation/dueAt").asText()));
      JsonNode unused = awaitKeys(false);
      assertThat(carried.get() + direct.get()).isGreaterThan(before);
      assertThat(seen).doesNotContainAnyElementsOf(keysOfTheAccount());
      seen.addAll(keysOfTheAccount());
    }

    over.set(true);
    assertThat(failures).isEmpty();
    assertThat(seen).hasSize(4 * (ROTATIONS + 1));
  }

  /** Leases and tokens end meanwhile, as they are to; whoever works has others then. */
  private void passTo(Instant due) throws Exception {
    Duration left = Duration.between(fixture.clock().instant(), due);
    if (left.isPositive()) {
      working.writeLock().lock();
      try {
        Container first = throughTheGateway;
        Container second = withAToken;
        fixture.clock().advance(left.plusMillis(1));
        newLeases();
        first.client().close();
        second.client().close();
      } finally {
        working.writeLock().unlock();
      }
    }
  }
}
