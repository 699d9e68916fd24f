package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.MasterKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A running simulator: one Cosmos DB account in memory behind HTTPS.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class CosmosSimulator {

  private static final int KEPT_REQUESTS = 1000;

  /** Room for the longest authorization header and some more. */
  private static final int MAX_HEADERS = 64 * 1024;

  private final HttpServer server;
  private final URI endpoint;
  private final Settings settings;

  /** The lock for {@link #account}'s content and the fields below. */
  private final Object lock = new Object();

  private final Deque<ReceivedRequest> received = new ArrayDeque<>();
  private final Authenticate authenticate;
  private Account account;
  private Routes routes;

  /**
   * How to run.
   *
   * @param host the address to bind, such as {@code 127.0.0.1}
   * @param port 0 for any
   * @param certificate a PEM file, good for {@code localhost}
   * @param privateKey a PEM file
   * @param accountName what the account document calls itself
   * @param key the only key
   * @param clock what dates are compared with and {@code _ts} is taken from
   */
  public record Settings(
      String host,
      int port,
      Path certificate,
      Path privateKey,
      String accountName,
      MasterKey key,
      InstantSource clock) {}

  private CosmosSimulator(HttpServer server, Settings settings) {
    this.server = server;
    this.settings = settings;
    this.endpoint = URI.create("https://localhost:" + server.actualPort() + "/");
    this.authenticate =
        new Authenticate(settings.accountName(), settings.key(), settings.clock());
    this.account = new Account(settings.clock());
    this.routes = newRoutes(account);
  }

  /** Starts one; the future fails if the port is taken or the certificate can't be read. */
  public static Future<CosmosSimulator> start(Vertx vertx, Settings settings) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setSsl(true)
            .setUseAlpn(false)
            .setMaxHeaderSize(MAX_HEADERS)
            .setMaxInitialLineLength(MAX_HEADERS)
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .setCertPath(settings.certificate().toString())
                    .setKeyPath(settings.privateKey().toString()));
    Handlers handlers = new Handlers();
    return vertx
        .createHttpServer(options)
        .requestHandler(handlers)
        .listen()
        .map(server -> handlers.started(new CosmosSimulator(server, settings)));
  }
}
