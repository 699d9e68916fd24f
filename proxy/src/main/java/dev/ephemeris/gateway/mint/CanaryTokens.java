package dev.ephemeris.gateway.mint;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.custody.Canaries;
import dev.ephemeris.gateway.custody.Secret;
import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Canaries: a token of a user that nobody else is, to read the items of one partition key that
 * nobody has, in some container of the account.
 */
final class CanaryTokens implements Canaries {

  /** As long as any token of the gateway's: Azure may take hours to make keys anew. */
  private static final Duration LIFETIME = Duration.ofHours(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** In a row: of several nodes behind one name, one may know of the new key before another. */
  private static final int TIMES = 3;

  /** Looked through for a container. */
  private static final int MOST_DATABASES = 20;

  /** No key of anybody's. */
  private static final String NOBODYS = "ephemeris-canary";

  private final Function<String, Optional<PermissionApi>> accounts;
  private final Leftovers leftovers;
  private final InstantSource clock;

  /**
   * @param accounts those with keys that there are now, by name
   */
  CanaryTokens(
      Function<String, Optional<PermissionApi>> accounts,
      Leftovers leftovers,
      InstantSource clock) {
    this.accounts = accounts;
    this.leftovers = leftovers;
    this.clock = clock;
  }

  @Override
  public Future<Canary> make(String account) {
    return accounts
        .apply(account)
        .map(api -> container(api).compose(scope -> make(account, api, scope)))
        .orElseGet(() -> failed(GoneAccount.refusal(account)))
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Future<Canary> make(String account, PermissionApi api, TokenScope scope) {
    String user = TokenLane.name("canary");
    String permission = TokenLane.permissionId(scope);
    Instant end = clock.instant().plus(LIFETIME);
    return leftovers
        .use(new Leftovers.Permission(account, scope.database(), user, permission), end)
        .compose(written -> api.createUser(scope.database(), user))
        .compose(created -> there(created, "a user"))
        .compose(there -> api.createPermission(user, permission, scope))
        .compose(created -> there(created, "a permission"))
        .compose(there -> api.readPermission(scope.database(), user, permission, end))
        .compose(read -> made(api, scope, read, end));
  }

  /** It is there now, whoever made it. */
  private static Future<Void> there(PermissionApi.Answer created, String what) {
    return created.isSuccess() || created.status() == 409
        ? Future.succeededFuture()
        : failed("the account made " + what + " for it not: it answered " + said(created));
  }

  private static Future<Canary> made(
      PermissionApi api, TokenScope scope, PermissionApi.Answer read, Instant end) {
    String token = read.body().getString("_token", "");
    if (!read.isSuccess() || !TokenLane.TOKEN.matcher(token).matches()) {
      return failed("the account made no token: it answered " + said(read));
    }
    Canary canary = new Token(api, scope, new Secret(token), end);
    // One that wasn't let in before says nothing afterwards.
    return canary
        .isLetIn()
        .compose(
            letIn ->
                letIn
                    ? Future.succeededFuture(canary)
                    : failed("the account didn't let it in from the first"));
  }

  private static String said(PermissionApi.Answer answer) {
    return answer.status() + (answer.subStatus() == 0 ? "" : "/" + answer.subStatus());
  }

  private static <T> Future<T> failed(String message) {
    return Future.failedFuture(VertxException.noStackTrace(message));
  }

  /** The first container that a canary can be for. */
  private static Future<TokenScope> container(PermissionApi api) {
    return api.listDatabases()
        .compose(
            listed ->
                listed.isSuccess()
                    ? container(
                        api,
                        objects(listed.body(), "Databases").stream()
                            .map(database -> database.getString("id", ""))
                            .filter(Address::canNameDatabase)
                            .limit(MOST_DATABASES)
                            .toList())
                    : failed("the account answered " + said(listed)));
  }

  private static Future<TokenScope> container(PermissionApi api, List<String> databases) {
    if (databases.isEmpty()) {
      return failed("the account has no container to make one for");
    }
    String database = databases.getFirst();
    return api.listContainers(database)
        .compose(
            listed ->
                objects(listed.body(), "DocumentCollections").stream()
                    .flatMap(container -> scope(database, container).stream())
                    .findFirst()
                    .map(Future::succeededFuture)
                    .orElseGet(() -> container(api, databases.subList(1, databases.size()))));
  }

  private static Optional<TokenScope> scope(String database, JsonObject container) {
    JsonObject definition = container.getJsonObject("partitionKey", new JsonObject());
    int levels = definition.getJsonArray("paths", new JsonArray()).size();
    try {
      Address unused = Address.child(database, container.getString("id", ""), NOBODYS);
      return levels == 0
          ? Optional.empty()
          : PartitionKey.parse(new JsonArray(Collections.nCopies(levels, NOBODYS)).encode())
              .map(
                  key ->
                      new TokenScope(
                          database,
                          container.getString("id"),
                          Optional.of(key),
                          Optional.empty(),
                          false));
    } catch (IllegalArgumentException ambiguous) {
      return Optional.empty();
    }
  }

  private static List<JsonObject> objects(JsonObject feed, String name) {
    return feed.getJsonArray(name, new JsonArray()).stream()
        .filter(JsonObject.class::isInstance)
        .map(JsonObject.class::cast)
        .toList();
  }

  /** A canary. It doesn't print its token. */
  private record Token(PermissionApi api, TokenScope scope, Secret token, Instant endsAt)
      implements Canary {

    @Override
    public Future<Boolean> isLetIn() {
      return ask().compose(first -> askAgain(first, TIMES - 1));
    }

    private Future<Boolean> askAgain(boolean before, int more) {
      return more == 0
          ? Future.succeededFuture(before)
          : ask()
              .compose(
                  now ->
                      now == before
                          ? askAgain(before, more - 1)
                          : failed("the account let it in once, and another time it didn't"));
    }

    private Future<Boolean> ask() {
      return api.readItemWith(token, scope, NOBODYS)
          .compose(
              answer ->
                  switch (answer.status()) {
                    case 200 -> Future.succeededFuture(true);
                    // There is no such item, which only those are told who are let in.
                    case 404 ->
                        answer.subStatus() == 0
                            ? Future.succeededFuture(true)
                            : failed("it answered " + said(answer));
                    // Not so where keys aren't taken at all, nor with 403: by a firewall, or as the
                    // container was made anew meanwhile, which whoever has a key can do.
                    case 401 ->
                        answer.subStatus() == PermissionApi.LOCAL_AUTH_OFF
                            ? failed("it answered " + said(answer))
                            : Future.succeededFuture(false);
                    default -> failed("it answered " + said(answer));
                  });
    }
  }
}
