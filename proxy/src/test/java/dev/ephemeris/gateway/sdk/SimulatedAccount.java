package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The simulator: after a reset within one moment, the same calls get the same answers. */
final class SimulatedAccount implements TestAccount {

  private static final String KEY =
      Base64.getEncoder()
          .encodeToString("an account key of the simulator".getBytes(StandardCharsets.UTF_8));

  /** Etags look alike, and are compared: nothing but this one is left out. */
  private static final Pattern ACTIVITY =
      Pattern.compile("ActivityId: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** How long ago all of it was written: enough for what lives a second to be gone. */
  private static final Duration BEFORE = Duration.ofSeconds(10);

  private static final JsonNode LAST = SdkWorld.json("{\"id\":\"last\",\"customerId\":\"c1\"}");

  private volatile InstantSource clock = InstantSource.fixed(Instant.now());
  private final CosmosSimulator simulator;
  private final Path caCertificate;
  private final CosmosClient owner;

  /** How many of the requests since the reset are its own. */
  private int written;

  SimulatedAccount(Vertx vertx, LoopbackCertificate certificate) {
    caCertificate = certificate.authority();
    simulator =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    SdkWorld.ACCOUNT,
                    KEY,
                    () -> clock.instant()))
            .await();
    owner =
        new CosmosClientBuilder()
            .endpoint(simulator.endpoint().toString())
            .key(KEY)
            .gatewayMode()
            .buildClient();
  }

  /** Stops its clock at now: what is written until the next moment has one {@code _ts}. */
  void nextMoment() {
    clock = InstantSource.fixed(Instant.now());
  }

  /** Its clock goes, until the next moment. */
  void letTimePass() {
    clock = InstantSource.system();
  }

  @Override
  public URI endpoint() {
    return simulator.endpoint();
  }

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public Optional<Path> caCertificate() {
    return Optional.of(caCertificate);
  }

  @Override
  public String database(String name) {
    return name;
  }

  @Override
  public void reset() {
    InstantSource now = clock;
    clock = InstantSource.fixed(now.instant().minus(BEFORE));
    simulator.reset();
    SdkWorld.CONTAINERS.forEach(
        (database, containers) -> {
          simulator.createDatabase(database);
          for (String container : containers) {
            FirstContent content = FirstContent.of(container);
            simulator.createContainer(database, content.definition(container));
            content.items().forEach(item -> simulator.put(database, container, item));
          }
        });
    simulator.createClientEncryptionKey(
        "shop", ClientEncryptionKeyCases.definition(ClientEncryptionKeyCases.FIRST));
    simulator.register(
        "shop", "orders", TestAccount.PROCEDURE, (partition, arguments) -> greeting(arguments));
    simulator.registerPreTrigger(
        "shop", "orders", TestAccount.PRE_TRIGGER, (partition, item) -> stamped(item));
    simulator.registerPostTrigger(
        "shop", "orders", TestAccount.POST_TRIGGER, (partition, item) -> partition.put(LAST));
    clock = now;
    simulator
        .faults()
        .next(2, RequestPattern.of("GET", ".*/docs/busy"), Fault.throttled(Duration.ofMillis(5)));
    written = 0;
  }

  @Override
  public void writeUsers() {
    FirstUsers.write(owner, "shop");
    written = simulator.received().size();
  }

  private static JsonNode stamped(JsonNode item) {
    return ((ObjectNode) item.deepCopy()).put("stamped", true);
  }

  private static JsonNode greeting(List<JsonNode> arguments) {
    return new ObjectMapper()
        .createObjectNode()
        .put("greeting", "hello " + arguments.getFirst().textValue());
  }

  @Override
  public Optional<List<ReceivedRequest>> received() {
    List<ReceivedRequest> all = simulator.received();
    return Optional.of(all.subList(written, all.size()));
  }

  @Override
  public JsonNode comparable(JsonNode answer) {
    if (!answer.has("message")) {
      return answer;
    }
    ObjectNode comparable = answer.deepCopy();
    return comparable.put(
        "message", ACTIVITY.matcher(answer.path("message").asText()).replaceAll("ActivityId: …"));
  }

  @Override
  public void close() {
    owner.close();
    simulator.close().await();
  }
}
