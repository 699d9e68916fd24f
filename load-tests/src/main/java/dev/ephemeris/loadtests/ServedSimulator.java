package dev.ephemeris.loadtests;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * A simulator in a process of its own, so that its processor time can be told from its client's. It
 * prints its endpoint and ends when its standard input does.
 */
final class ServedSimulator {

  static final String KEY = "YSBrZXkgZm9yIGxvYWQgdGVzdHMgb25seQ==";
  static final int ITEMS = 1000;

  private ServedSimulator() {}

  /** Runs one with its certificate in the directory that is the only argument. */
  public static void main(String[] args) throws IOException {
    LoopbackCertificate certificate = LoopbackCertificate.create(Path.of(args[0]));
    Vertx vertx = Vertx.vertx();
    CosmosSimulator simulator =
        CosmosSimulator.start(
                vertx,
                new CosmosSimulator.Settings(
                    "127.0.0.1",
                    0,
                    certificate.certificate(),
                    certificate.privateKey(),
                    "load",
                    KEY,
                    InstantSource.system()))
            .await();
    simulator.createDatabase("shop");
    simulator.createContainer("shop", "orders", "/customer");
    for (int i = 0; i < ITEMS; i++) {
      simulator.put("shop", "orders", order(i));
    }
    System.out.println(simulator.endpoint());
    while (System.in.read() >= 0) {
      // Whoever started it closes the other end, or has ended.
    }
    simulator.close().await();
    vertx.close().await();
  }

  /** About a kilobyte. */
  private static ObjectNode order(int number) {
    ObjectNode order = JsonNodeFactory.instance.objectNode().put("id", "order-" + number);
    order.put("customer", "customer-" + number).put("total", number * 1.5);
    return order.put("note", "-".repeat(700));
  }
}
