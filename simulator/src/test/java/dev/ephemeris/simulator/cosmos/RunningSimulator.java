package dev.ephemeris.simulator.cosmos;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;

/** A simulator on a free port, with its certificate in a temporary directory. */
final class RunningSimulator implements AutoCloseable {

  static final String KEY =
      Base64.getEncoder().encodeToString("a key for tests only".getBytes(StandardCharsets.UTF_8));

  private static final ObjectMapper JSON = new ObjectMapper();

  final CosmosSimulator simulator;
  final LoopbackCertificate certificate;
  private final Vertx vertx = Vertx.vertx();

  RunningSimulator() throws IOException {
    this(Instant::now);
  }

  RunningSimulator(InstantSource clock) throws IOException {
    Path directory = Files.createTempDirectory("simulator");
    certificate = LoopbackCertificate.create(directory);
    simulator =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    "orders-prod",
                    KEY,
                    clock))
            .await();
  }

  /** Empty but for the container {@code shop/orders}, partitioned by {@code /pk}. */
  void resetWithContainer() {
    simulator.reset();
    simulator.createDatabase("shop");
    simulator.createContainer("shop", "orders", "/pk");
  }

  /** azure-cosmos in gateway mode, with the key. */
  CosmosClient sdkClient() {
    return sdk().buildClient();
  }

  CosmosClientBuilder sdk() {
    // The SDK offers no other way to trust a certificate for one client only.
    System.setProperty("COSMOS.EMULATOR_SERVER_CERTIFICATE_VALIDATION_DISABLED", "true");
    return new CosmosClientBuilder()
        .endpoint(simulator.endpoint().toString())
        .key(KEY)
        .gatewayMode()
        .contentResponseOnWriteEnabled(true);
  }

  void put(String item) {
    simulator.put("shop", "orders", json(item));
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static String sign(String verb, String type, String link, Instant date) {
    String signature = MasterKey.ofBase64(KEY).sign(verb, type, link, HttpDate.format(date));
    return URLEncoder.encode("type=master&ver=1.0&sig=" + signature, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    simulator.close().await();
    vertx.close().await();
  }
}
