package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.MasterKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
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
    this.authenticate = new Authenticate(settings.accountName(), settings.key(), settings.clock());
    this.account = new Account(settings.clock());
    this.routes = routes(account);
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
    // Requests can come once the port is open, and the simulator knows its port only then.
    Promise<CosmosSimulator> started = Promise.promise();
    return vertx
        .createHttpServer(options)
        .requestHandler(
            request ->
                request
                    .body()
                    .compose(body -> started.future().map(it -> it.answer(request, body))))
        .listen()
        .map(
            server -> {
              CosmosSimulator simulator = new CosmosSimulator(server, settings);
              started.complete(simulator);
              return simulator;
            });
  }

  private Routes routes(Account content) {
    return new Routes(content, new AccountDocument(settings.accountName(), endpoint));
  }

  /** Where it is: {@code https://localhost:PORT/}. */
  public URI endpoint() {
    return endpoint;
  }

  /** Adds a database whose id is free. */
  public void createDatabase(String id) {
    synchronized (lock) {
      account.createDatabase(id);
    }
  }

  /**
   * Adds a container whose id is free.
   *
   * @param partitionKeyPath for example {@code /customerId}
   */
  public void createContainer(String database, String id, String partitionKeyPath) {
    synchronized (lock) {
      account.createContainer(
          account.database(database).orElseThrow(),
          id,
          KeyPath.parse(partitionKeyPath).orElseThrow(),
          Json.object());
    }
  }

  /** Writes an item with a textual {@code id}, in place of an earlier one. */
  public void put(String database, String container, JsonNode item) {
    synchronized (lock) {
      Container into = container(database, container);
      into.put(into.keyPath().of(item), item.path("id").textValue(), item);
    }
  }

  /** The item with this id, whatever its partition key; empty if there is none. */
  public Optional<JsonNode> find(String database, String container, String id) {
    synchronized (lock) {
      return container(database, container).partitions().stream()
          .flatMap(partition -> partition.items().stream())
          .filter(item -> item.id().equals(id))
          .map(item -> (JsonNode) item.content())
          .findFirst();
    }
  }

  /** The RID of a database. */
  public String rid(String database) {
    synchronized (lock) {
      return account.database(database).orElseThrow().rid();
    }
  }

  /** The RID of a container. */
  public String rid(String database, String container) {
    synchronized (lock) {
      return container(database, container).rid();
    }
  }

  private Container container(String database, String container) {
    return account.database(database).orElseThrow().container(container).orElseThrow();
  }

  /**
   * Empties it and starts every counter over: the same calls give the same RIDs, etags and session
   * tokens again.
   */
  public void reset() {
    synchronized (lock) {
      account = new Account(settings.clock());
      routes = routes(account);
      received.clear();
    }
  }

  /** What arrived, the last thousand requests, in order. */
  public List<ReceivedRequest> received() {
    synchronized (lock) {
      return List.copyOf(received);
    }
  }

  /** Stops listening. */
  public Future<Void> close() {
    return server.close();
  }

  private Future<Void> answer(HttpServerRequest request, Buffer body) {
    Call call = Call.of(request.method().name(), request.uri(), request.headers(), body.getBytes());
    Answer answer;
    synchronized (lock) {
      answer = authenticate.refusal(call).orElseGet(() -> routes.answer(call));
      received.add(
          new ReceivedRequest(
              request.method().name(),
              request.uri(),
              request.headers().entries(),
              body,
              answer.status()));
      if (received.size() > KEPT_REQUESTS) {
        received.removeFirst();
      }
    }
    return send(request, call, answer);
  }

  private static Future<Void> send(HttpServerRequest request, Call call, Answer answer) {
    HttpServerResponse response = request.response().setStatusCode(answer.status());
    response.putHeader(CosmosHeaders.ACTIVITY_ID, call.activityId());
    response.putHeader("x-ms-gatewayversion", "version=2.14.0");
    response.putHeader("x-ms-serviceversion", "version=2.14.0.0");
    response.putHeader("x-ms-schemaversion", "1.19");
    byte[] body =
        switch (answer) {
          case Answer.Success success -> {
            response.putHeader(CosmosHeaders.REQUEST_CHARGE, Charge.header(1));
            success.headers().forEach(response::putHeader);
            yield success.body();
          }
          case Answer.Failure failure -> {
            response.putHeader(CosmosHeaders.REQUEST_CHARGE, Charge.header(1));
            if (failure.error().subStatus() != 0) {
              response.putHeader(
                  CosmosHeaders.SUB_STATUS, Integer.toString(failure.error().subStatus()));
            }
            yield failure.body(call.activityId());
          }
        };
    if (body.length > 0) {
      response.putHeader(CosmosHeaders.CONTENT_TYPE, "application/json");
    }
    if (answer.status() != 204 && answer.status() != 304) {
      response.putHeader("content-length", Integer.toString(body.length));
    }
    return request.method().name().equals("HEAD") || body.length == 0
        ? response.end()
        : response.end(Buffer.buffer(body));
  }
}
