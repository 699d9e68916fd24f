package dev.ephemeris.gateway.mint;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.custody.AccountConnection;
import dev.ephemeris.gateway.custody.HeldKeys;
import dev.ephemeris.gateway.custody.Reveals;
import dev.ephemeris.gateway.custody.Secret;
import dev.ephemeris.gateway.custody.UpstreamCredential.Signature;
import dev.ephemeris.gateway.lease.DirectLane;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Cosmos DB's own users and permissions in one account, over its REST API: signed with the
 * account's key, as no identity of Entra ID may. Answers are bounded in size and time. Thread-safe.
 *
 * @see <a href="https://learn.microsoft.com/rest/api/cosmos-db/permissions">Permissions</a>
 */
final class PermissionApi {

  private static final long PATIENCE_MS = 10_000;

  /** These resources have little throughput of their own: a few requests at a time are enough. */
  private static final int CONNECTIONS = 8;

  /** How often an account that is busy is asked again, and how long that may take altogether. */
  private static final int ATTEMPTS = 4;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private static final String EXPIRY = "x-ms-documentdb-expiry-seconds";

  private final Vertx vertx;
  private final URI endpoint;
  private final HeldKeys keys;
  private final HttpClient client;
  private final InstantSource clock;

  /**
   * @param endpoint the account's
   * @param caCertificate an authority to trust for it, beside the machine's
   */
  PermissionApi(
      Vertx vertx, URI endpoint, Optional<Path> caCertificate, HeldKeys keys, InstantSource clock) {
    this.vertx = vertx;
    this.endpoint = endpoint;
    this.keys = keys;
    this.client =
        vertx.createHttpClient(
            AccountConnection.options(caCertificate),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    this.clock = clock;
  }

  /** Where clients connect, too. */
  URI endpoint() {
    return endpoint;
  }

  /** Closes its connections, each once what is under way on it has been answered. */
  void close() {
    var unused = client.shutdown(PATIENCE_MS, TimeUnit.MILLISECONDS);
  }

  /**
   * What the account answered.
   *
   * @param retryAfter how long to wait before asking again, of {@code 429}
   * @param body empty if it isn't JSON
   */
  record Answer(int status, int subStatus, Duration retryAfter, JsonObject body) {

    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /** What the account says of it, without what it adds for its own people. */
    String message() {
      return body.getString("message", "").lines().findFirst().orElse("");
    }
  }

  Future<Answer> listDatabases() {
    return send(
        Verb.GET,
        ResourceType.DATABASE,
        Address.account().path(ResourceType.DATABASE),
        Address.account().link(ResourceType.DATABASE),
        Optional.empty(),
        Optional.empty());
  }

  Future<Answer> listContainers(String database) {
    return send(
        Verb.GET,
        ResourceType.CONTAINER,
        Address.database(database).path(ResourceType.CONTAINER),
        Address.database(database).link(ResourceType.CONTAINER),
        Optional.empty(),
        Optional.empty());
  }

  Future<Answer> createUser(String database, String user) {
    return send(
        Verb.POST,
        ResourceType.USER,
        users(database),
        "dbs/" + database,
        Optional.of(new JsonObject().put("id", user)),
        Optional.empty());
  }

  Future<Answer> readUser(String database, String user) {
    return send(
        Verb.GET,
        ResourceType.USER,
        users(database) + "/" + user,
        link(database, user),
        Optional.empty(),
        Optional.empty());
  }

  Future<Answer> deleteUser(String database, String user) {
    return send(
        Verb.DELETE,
        ResourceType.USER,
        users(database) + "/" + user,
        link(database, user),
        Optional.empty(),
        Optional.empty());
  }

  /** Makes a permission. The token that comes with it ends as soon as one can. */
  Future<Answer> createPermission(String user, String id, TokenScope scope) {
    JsonObject permission =
        new JsonObject()
            .put("id", id)
            .put("permissionMode", scope.all() ? "All" : "Read")
            .put("resource", scope.resource());
    scope
        .key()
        .ifPresent(key -> permission.put("resourcePartitionKey", new JsonArray(key.header())));
    return send(
        Verb.POST,
        ResourceType.PERMISSION,
        users(scope.database()) + "/" + user + "/permissions",
        link(scope.database(), user),
        Optional.of(permission),
        Optional.of(() -> DirectLane.SHORTEST));
  }

  /**
   * Reads a permission, with a new token in it that is good until {@code end}, however long the
   * account is waited for. Fails if that is too soon for one.
   */
  Future<Answer> readPermission(String database, String user, String id, Instant end) {
    return send(
        Verb.GET,
        ResourceType.PERMISSION,
        users(database) + "/" + user + "/permissions/" + id,
        link(database, user) + "/permissions/" + id,
        Optional.empty(),
        Optional.of(() -> Duration.between(clock.instant(), end)));
  }

  /**
   * Reads an item as somebody would who has only this token.
   *
   * @param scope of one partition key
   */
  @Reveals("to the account that made it")
  Future<Answer> readItemWith(Secret token, TokenScope scope, String item) {
    Address address = Address.child(scope.database(), scope.container(), item);
    String encoded = URLEncoder.encode(token.reveal(), StandardCharsets.UTF_8);
    return sendOnce(
        new Call(
            Verb.GET,
            ResourceType.ITEM,
            address.path(ResourceType.ITEM),
            address.link(ResourceType.ITEM),
            Optional.empty(),
            Optional.empty(),
            scope.key()),
        (verb, type, link, date) -> encoded);
  }

  Future<Answer> deletePermission(String database, String user, String id) {
    return send(
        Verb.DELETE,
        ResourceType.PERMISSION,
        users(database) + "/" + user + "/permissions/" + id,
        link(database, user) + "/permissions/" + id,
        Optional.empty(),
        Optional.empty());
  }

  private static String users(String database) {
    return Address.database(database).path(ResourceType.USER);
  }

  private static String link(String database, String user) {
    return "dbs/" + database + "/users/" + user;
  }

  private Future<Answer> send(
      Verb verb,
      ResourceType type,
      String path,
      String link,
      Optional<JsonObject> body,
      Optional<Supplier<Duration>> lifetime) {
    return patiently(new Call(verb, type, path, link, body, lifetime, Optional.empty()), 1);
  }

  /** One request, to be sent as often as it takes. */
  private record Call(
      Verb verb,
      ResourceType type,
      String path,
      String link,
      Optional<JsonObject> body,
      Optional<Supplier<Duration>> lifetime,
      Optional<PartitionKey> key) {}

  /** Again after a while, if the account is busy. */
  private Future<Answer> patiently(Call call, int attempt) {
    return withKeyOfNow(call)
        .compose(
            answer ->
                answer.status() == 429
                        && attempt < ATTEMPTS
                        && answer.retryAfter().compareTo(LONGEST_WAIT) <= 0
                    ? vertx
                        .timer(Math.max(1, answer.retryAfter().toMillis()), TimeUnit.MILLISECONDS)
                        .compose(waited -> patiently(call, attempt + 1))
                    : Future.succeededFuture(answer));
  }

  /**
   * Once more, if the key in use was turned over behind our back. Never with the other key: its
   * tokens are given up when it is made anew.
   */
  private Future<Answer> withKeyOfNow(Call call) {
    return keys.signature()
        .compose(
            signature ->
                sendOnce(call, signature)
                    .compose(
                        answer ->
                            answer.status() == 401 && answer.subStatus() != LOCAL_AUTH_OFF
                                ? keys.renewedInsteadOf(signature)
                                    .compose(
                                        other ->
                                            other == signature
                                                ? Future.succeededFuture(answer)
                                                : sendOnce(call, other))
                                : Future.succeededFuture(answer)));
  }

  /** Sub-status of {@code 401} where {@code disableLocalAuth} is set. */
  static final int LOCAL_AUTH_OFF = 5202;

  private Future<Answer> sendOnce(Call call, Signature signature) {
    return client
        .request(
            AccountConnection.request(endpoint, call.verb(), call.path()).setTimeout(PATIENCE_MS))
        .compose(
            request -> {
              // Signed only now: waiting for a connection must not make the date old.
              String date = HttpDate.format(clock.instant());
              request
                  .putHeader(CosmosHeaders.DATE, date)
                  .putHeader(CosmosHeaders.VERSION, CosmosHeaders.CURRENT_VERSION)
                  .putHeader(
                      CosmosHeaders.AUTHORIZATION,
                      signature.authorization(call.verb(), call.type(), call.link(), date))
                  .putHeader("accept", "application/json")
                  .putHeader("user-agent", "ephemeris-gateway");
              call.key()
                  .ifPresent(key -> request.putHeader(CosmosHeaders.PARTITION_KEY, key.header()));
              if (call.lifetime().isPresent()) {
                Duration lifetime = call.lifetime().get().get();
                if (lifetime.compareTo(DirectLane.SHORTEST) < 0) {
                  return request
                      .reset()
                      .compose(
                          given ->
                              Future.failedFuture(
                                  "the lease ends before a token could be of any use"));
                }
                request.putHeader(EXPIRY, Long.toString(lifetime.toSeconds()));
              }
              return (call.body().isPresent()
                      ? request
                          .putHeader(CosmosHeaders.CONTENT_TYPE, "application/json")
                          .send(call.body().get().toBuffer())
                      : request.send())
                  .compose(PermissionApi::read)
                  // However slowly it drips.
                  .timeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                  .onFailure(failure -> request.reset());
            });
  }

  private static Future<Answer> read(HttpClientResponse response) {
    return AccountConnection.json(response)
        .map(
            body ->
                new Answer(
                    response.statusCode(),
                    (int) number(response.getHeader(CosmosHeaders.SUB_STATUS)),
                    Duration.ofMillis(number(response.getHeader(CosmosHeaders.RETRY_AFTER_MS))),
                    body));
  }

  private static long number(@Nullable String header) {
    try {
      return header == null ? 0 : Math.max(0, (long) Double.parseDouble(header));
    } catch (NumberFormatException notANumber) {
      return 0;
    }
  }
}
