package dev.ephemeris.gateway.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/** The simulator: after a reset within one moment, the same calls get the same answers. */
final class SimulatedAccount implements TestAccount {

  private static final String KEY =
      Base64.getEncoder()
          .encodeToString("an account key of the simulator".getBytes(StandardCharsets.UTF_8));

  /** Etags look alike, and are compared: nothing but this one is left out. */
  private static final Pattern ACTIVITY =
      Pattern.compile("ActivityId: [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private final AtomicReference<Instant> moment = new AtomicReference<>(Instant.now());
  private final CosmosSimulator simulator;
  private final Path caCertificate;

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
                    MasterKey.ofBase64(KEY),
                    moment::get))
            .await();
  }

  /** Stops its clock at now: what is written until the next moment has one {@code _ts}. */
  void nextMoment() {
    moment.set(Instant.now());
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
    simulator.reset();
    SdkWorld.CONTAINERS.forEach(
        (database, containers) -> {
          simulator.createDatabase(database);
          for (String container : containers) {
            simulator.createContainer(database, container, "/customerId");
            SdkWorld.orders().forEach(order -> simulator.put(database, container, order));
          }
        });
  }

  @Override
  public Optional<List<ReceivedRequest>> received() {
    return Optional.of(simulator.received());
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
    simulator.close().await();
  }
}
