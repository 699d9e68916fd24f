package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Whether an account takes a key, in all of its regions. Calls block. */
final class KeyProbe {

  /** In a row: of several nodes behind one name, one may know a new key before another. */
  private static final int TIMES = 3;

  /** How often it is asked for one thing that is too busy to answer, and how long in between. */
  private static final int TIMES_IF_BUSY = 20;

  private static final Duration BUSY = Duration.ofMillis(500);

  private static final long PATIENCE_MS = 10_000;

  /** There is nothing of that name; whether the key is taken is said all the same. */
  private static final String NOTHING = "ephemeris-probe";

  private final Vertx vertx;
  private final InstantSource clock;

  KeyProbe(Vertx vertx, InstantSource clock) {
    this.vertx = vertx;
    this.clock = clock;
  }

  /** A key isn't taken, or not everywhere, or that can't be found out; the message says where. */
  static final class NotTakenException extends Exception {
    NotTakenException(String message) {
      super(message);
    }
  }

  /**
   * Reads the account and, if it has a container, data of it, several times in each region.
   *
   * @param regions the endpoints of all of them
   * @throws NotTakenException if one doesn't take the key
   */
  void verify(List<URI> regions, Optional<Path> caCertificate, MasterKey key)
      throws NotTakenException {
    HttpClient client = vertx.createHttpClient(AccountConnection.options(caCertificate));
    try {
      for (URI region : regions) {
        verify(client, region, key);
      }
    } finally {
      client.close().await();
    }
  }

  private void verify(HttpClient client, URI region, MasterKey key) throws NotTakenException {
    Optional<Address> container = Optional.empty();
    for (int i = 0; i < TIMES; i++) {
      read(client, region, key, ResourceType.ACCOUNT, Address.account());
      if (i == 0) {
        container = container(client, region, key);
      }
      if (container.isPresent()) {
        read(client, region, key, ResourceType.ITEM, container.get());
      }
    }
  }

  /** Where data could be read: nothing of that name in some container. */
  private Optional<Address> container(HttpClient client, URI region, MasterKey key)
      throws NotTakenException {
    Answer databases = read(client, region, key, ResourceType.DATABASE, Address.account());
    for (String database : ids(databases.body(), "Databases")) {
      if (Address.canNameDatabase(database)) {
        Answer containers =
            read(client, region, key, ResourceType.CONTAINER, Address.database(database));
        for (String container : ids(containers.body(), "DocumentCollections")) {
          Optional<Address> nothing = nothingIn(database, container);
          if (nothing.isPresent()) {
            return nothing;
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Empty if the container has a name that can be read in more than one way. */
  private static Optional<Address> nothingIn(String database, String container) {
    try {
      return Optional.of(Address.child(database, container, NOTHING));
    } catch (IllegalArgumentException ambiguous) {
      return Optional.empty();
    }
  }

  private static List<String> ids(JsonObject feed, String name) {
    JsonArray all = feed.getJsonArray(name, new JsonArray());
    return all.stream()
        .filter(JsonObject.class::isInstance)
        .map(one -> ((JsonObject) one).getString("id", ""))
        .filter(id -> !id.isEmpty())
        .toList();
  }

  private record Answer(int status, JsonObject body) {}

  private Answer read(
      HttpClient client, URI region, MasterKey key, ResourceType type, Address address)
      throws NotTakenException {
    Answer answer = ask(client, region, key, type, address);
    // Whoever keeps the account busy isn't to keep the key from being turned over.
    for (int i = 1; answer.status() == 429 && i < TIMES_IF_BUSY; i++) {
      pause();
      answer = ask(client, region, key, type, address);
    }
    // Of an item that isn't there, or hasn't that key, all that says that it was looked for.
    boolean taken =
        answer.status() == 200
            || (type == ResourceType.ITEM && (answer.status() == 404 || answer.status() == 400));
    if (taken) {
      return answer;
    }
    throw new NotTakenException(
        answer.status() == 401
            ? region + " doesn't take the key yet"
            : region + " answered " + answer.status());
  }

  private Answer ask(
      HttpClient client, URI region, MasterKey key, ResourceType type, Address address)
      throws NotTakenException {
    try {
      return send(client, region, key, type, address).await();
    } catch (RuntimeException unreachable) {
      throw new NotTakenException(
          region + " can't be reached: " + unreachable.getClass().getSimpleName());
    }
  }

  private static void pause() throws NotTakenException {
    try {
      Thread.sleep(BUSY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotTakenException("nobody waited for it");
    }
  }

  private Future<Answer> send(
      HttpClient client, URI region, MasterKey key, ResourceType type, Address address) {
    String date = HttpDate.format(clock.instant());
    return client
        .request(
            AccountConnection.request(region, Verb.GET, address.path(type)).setTimeout(PATIENCE_MS))
        .compose(
            request ->
                request
                    .putHeader(CosmosHeaders.DATE, date)
                    .putHeader(CosmosHeaders.VERSION, CosmosHeaders.CURRENT_VERSION)
                    .putHeader(
                        CosmosHeaders.AUTHORIZATION,
                        key.authorization(Verb.GET, type, address.link(type), date))
                    .putHeader(CosmosHeaders.PARTITION_KEY, "[\"" + NOTHING + "\"]")
                    .putHeader("user-agent", "ephemeris-gateway")
                    .send()
                    // Here, on the event loop: on the caller's thread it might be too late for it.
                    .compose(
                        response ->
                            AccountConnection.json(response)
                                .map(body -> new Answer(response.statusCode(), body))))
        .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }
}
