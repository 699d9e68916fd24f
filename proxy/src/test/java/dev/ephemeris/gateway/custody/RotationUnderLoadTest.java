package dev.ephemeris.gateway.custody;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.CLIENT;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.AccessToken;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.AzureBeside;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.simulator.azure.Tenant;
import dev.ephemeris.simulator.cosmos.KeyKind;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Twenty rotations, one after the other, while the real SDK works in all three lanes. */
@Tag("full")
class RotationUnderLoadTest {

  private static final int ROTATIONS = 20;
  private static final int WORKERS = 2;
  private static final String ALICES_OBJECT = "0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60";

  private GatewayFixture fixture;
  private AzureBeside azure;

  /** Who works holds one of the first; who moves the clock holds the second. */
  private final ReadWriteLock working = new ReentrantReadWriteLock();

  private final AtomicBoolean over = new AtomicBoolean();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger carried = new AtomicInteger();
  private final AtomicInteger byToken = new AtomicInteger();
  private final AtomicInteger byRole = new AtomicInteger();

  // Guarded by the lock.
  private Clients clients;

  /** Who works in each lane, each by a lease of its own. */
  private record Clients(CosmosClient proxy, CosmosClient token, CosmosClient role) {
    void close() {
      proxy.close();
      token.close();
      role.close();
    }
  }

  @BeforeEach
  void start() throws Exception {
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    fixture = new GatewayFixture();
    fixture.configure(
        text ->
            text.replace(
                    "keyFile: account.key", "lanes: [proxy, token, rbac]\n    keyFile: account.key")
                .replace(
                    "userAnnotation: example.com/subject",
                    "userAnnotation: example.com/subject\n    objectIdClaim: oid"));
    azure =
        new AzureBeside(
            fixture,
            "Microsoft.DocumentDB/databaseAccounts/read",
            "Microsoft.DocumentDB/databaseAccounts/listKeys/action",
            "Microsoft.DocumentDB/databaseAccounts/regenerateKey/action",
            "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/*",
            "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/*");
    azure.azure().tenant().addObject(ALICES_OBJECT);
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
    JsonNode role = lease("rbac");
    clients =
        new Clients(
            byKey(lease("proxy")),
            byKey(lease("token")),
            new CosmosClientBuilder()
                .endpoint(role.path("endpoint").asText())
                .credential(context -> Mono.fromSupplier(this::ownToken))
                .gatewayMode()
                .buildClient());
  }

  /** Alice's own of Entra ID. */
  private AccessToken ownToken() {
    return new AccessToken(
        azure.azure().tenant().token(ALICES_OBJECT, Tenant.COSMOS),
        OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(10));
  }

  private static CosmosClient byKey(JsonNode lease) {
    return new CosmosClientBuilder()
        .endpoint(lease.path("endpoint").asText())
        .key(lease.path("token").asText())
        .gatewayMode()
        .buildClient();
  }

  private JsonNode lease(String lane) throws Exception {
    Reply reply =
        fixture.api(
            "POST",
            "/v1/leases",
            fixture
                .issuer()
                .accessToken(
                    ALICE,
                    CLIENT,
                    claims -> claims.claim("oid", ALICES_OBJECT).claim("tid", AzureBeside.TENANT)),
            "{\"scope\":\"" + ORDERS + "\",\"lane\":\"" + lane + "\"}");
    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    return reply.json();
  }

  private void work(Function<Clients, CosmosClient> lane, AtomicInteger done) {
    while (!over.get()) {
      working.readLock().lock();
      try {
        JsonNode unused =
            lane.apply(clients)
                .getDatabase("shop")
                .getContainer("orders")
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

  private Reply rotate() throws Exception {
    return fixture.api(
        "POST",
        "/v1/accounts/orders-prod/rotations",
        fixture.token(OPAL),
        "{\"cutOffOthers\":true}");
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
      if (!changedOver) {
        // It is postponed while tokens work that the key of before has signed.
        passTo(Instant.parse(keys.at("/rotation/dueAt").asText()));
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
      begin(() -> work(Clients::proxy, carried));
      begin(() -> work(Clients::token, byToken));
    }
    begin(() -> work(Clients::role, byRole));

    for (int i = 0; i < ROTATIONS; i++) {
      List<Integer> before = done();
      Reply started = rotate();
      assertThat(started.status()).as(started.body()).isEqualTo(202);
      passTo(Instant.parse(started.json().at("/rotation/dueAt").asText()));
      JsonNode changedOver = awaitKeys(true);
      // For a while the tokens of before are used, whose key isn't in use any more.
      Thread.sleep(300);
      passTo(Instant.parse(changedOver.at("/rotation/dueAt").asText()));
      JsonNode unused = awaitKeys(false);
      assertThat(done()).zipSatisfy(before, (now, then) -> assertThat(now).isGreaterThan(then));
      assertThat(seen).doesNotContainAnyElementsOf(keysOfTheAccount());
      seen.addAll(keysOfTheAccount());
    }

    over.set(true);
    assertThat(failures).isEmpty();
    assertThat(seen).hasSize(4 * (ROTATIONS + 1));
  }

  private List<Integer> done() {
    return List.of(carried.get(), byToken.get(), byRole.get());
  }

  /** Leases and tokens end meanwhile, as they are to; whoever works has others then. */
  private void passTo(Instant due) throws Exception {
    Duration left = Duration.between(fixture.clock().instant(), due);
    if (left.isPositive()) {
      working.writeLock().lock();
      try {
        Clients before = clients;
        fixture.clock().advance(left.plusMillis(1));
        // Whoever asks for another has what is due of this one done.
        assertThat(rotate().status()).isEqualTo(409);
        newLeases();
        before.close();
      } finally {
        working.writeLock().unlock();
      }
    }
  }
}
