package dev.ephemeris.gateway.dataplane;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.policy.Limits;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The names behind RIDs, from the gateway's own reads of the account only: what a client says that
 * a RID stands for doesn't count. Each unknown one is read once; that it isn't there is remembered
 * for a while too. Who makes up RIDs is slowed down: unknown ones are looked up twenty at once and
 * two a second for each principal and event loop.
 */
final class RidDirectory {

  private static final Duration FOUND = Duration.ofMinutes(10);
  private static final Duration MISSING = Duration.ofSeconds(30);

  private static final Limits LOOK_UPS =
      new Limits(
          Optional.of(120), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Too many unknown RIDs of one principal's; another time they may be looked up. */
  static final class TooManyLookUps extends RuntimeException {
    private final transient Duration wait;

    TooManyLookUps(Duration wait) {
      super("too many RIDs that aren't known", null, false, false);
      this.wait = wait;
    }

    Duration untilMore() {
      return wait;
    }
  }

  private final LoadingCache<PrincipalId, Budget> lookUps =
      Caffeine.newBuilder()
          .maximumSize(10_000)
          .expireAfterAccess(Duration.ofMinutes(5))
          .build(principal -> new Budget());

  private final Upstream upstream;
  private final AsyncCache<Key, Optional<Address>> names = cache();
  private final AsyncCache<String, Optional<Offer>> offers = cache();

  RidDirectory(Upstream upstream) {
    this.upstream = upstream;
  }

  /**
   * The throughput of a database or container.
   *
   * @param resource what it is of, by RIDs: {@code dbs/{rid}/colls/{rid}/}
   * @param of the same by names
   */
  record Offer(String resource, Address of) {}

  /**
   * The offer with this RID; empty if there is none. Fails with {@link TooManyLookUps}.
   *
   * @param asker who named it
   */
  Future<Optional<Offer>> offer(String rid, PrincipalId asker) {
    return limited(offers, rid, asker, () -> lookUp(offers, rid, this::readOffer));
  }

  /**
   * The address by name of an address by RID that a client named; empty if nothing has it. Fails
   * with {@link TooManyLookUps}.
   *
   * @param type of the resource; of a feed that of its entries, as requests have it
   * @param asker who named it
   */
  Future<Optional<Address>> resolve(ResourceType type, Address rid, PrincipalId asker) {
    return limited(names, key(type, rid), asker, () -> resolve(type, rid));
  }

  private <K, V> Future<V> limited(
      AsyncCache<K, V> known, K asked, PrincipalId asker, Supplier<Future<V>> found) {
    if (known.getIfPresent(asked) == null) {
      Budget budget = lookUps.get(asker);
      long now = System.nanoTime();
      Duration wait = budget.untilPositive(now);
      if (wait.isPositive()) {
        return Future.failedFuture(new TooManyLookUps(wait));
      }
      budget.spend(1, LOOK_UPS, now);
    }
    return found.get();
  }

  private Future<Optional<Offer>> readOffer(String rid) {
    return ask(ResourceType.OFFER, Address.offer(rid))
        .compose(
            found ->
                found
                    .map(answer -> answer.body().getString("resource", ""))
                    .map(
                        resource ->
                            resolve(resource).map(name -> name.map(of -> new Offer(resource, of))))
                    .orElseGet(() -> Future.succeededFuture(Optional.empty())));
  }

  /** The address by name of what a {@code _self} link names; empty if nothing has it. */
  Future<Optional<Address>> resolve(String link) {
    String[] parts = link.split("/", -1);
    boolean database = parts.length >= 2 && parts[0].equals("dbs");
    boolean container = parts.length >= 4 && parts[2].equals("colls");
    try {
      return database
          ? resolve(
              ResourceType.CONTAINER,
              new Address(
                  Optional.of(parts[1]),
                  container ? Optional.of(parts[3]) : Optional.empty(),
                  Optional.empty(),
                  Address.Addressing.RID))
          : Future.succeededFuture(Optional.empty());
    } catch (IllegalArgumentException notOfRids) {
      return Future.succeededFuture(Optional.empty());
    }
  }

  /** What has a RID: a script's alone doesn't say which kind of script it is. */
  private record Key(ResourceType type, Address rid) {}

  /**
   * The address by name of an address by RID; empty if nothing has it.
   *
   * @param type of the resource; of a feed that of its entries, as requests have it
   */
  private Future<Optional<Address>> resolve(ResourceType type, Address rid) {
    return lookUp(names, key(type, rid), this::read);
  }

  private static Key key(ResourceType type, Address rid) {
    return new Key(rid.child().isPresent() ? type : holder(rid), rid);
  }

  private static <K, V> AsyncCache<K, Optional<V>> cache() {
    return Caffeine.newBuilder()
        .maximumSize(10_000)
        .expireAfter(
            Expiry.<K, Optional<V>>creating((key, found) -> found.isPresent() ? FOUND : MISSING))
        .buildAsync();
  }

  /** What is known, or is being read; read by one only, however many ask. */
  private static <K, V> Future<V> lookUp(
      AsyncCache<K, V> known, K asked, Function<K, Future<V>> read) {
    CompletableFuture<V> lookUp =
        known.get(
            asked, (key, executor) -> read.apply(key).toCompletionStage().toCompletableFuture());
    var context = Vertx.currentContext();
    return context == null
        ? Future.fromCompletionStage(lookUp)
        : Future.fromCompletionStage(lookUp, context);
  }

  /** The kind of thing that an address without a child names. */
  private static ResourceType holder(Address rid) {
    return rid.container().isPresent() ? ResourceType.CONTAINER : ResourceType.DATABASE;
  }

  private Future<Optional<Address>> read(Key asked) {
    return ask(asked.type(), asked.rid())
        .map(found -> found.flatMap(answer -> name(asked.type(), answer)));
  }

  /** What the account answered to a read. */
  private record Answer(String owner, JsonObject body) {}

  private Future<Optional<Answer>> ask(ResourceType type, Address rid) {
    return upstream
        .request(Optional.empty(), Verb.GET, type, rid)
        .compose(
            request ->
                request.putHeader(CosmosHeaders.VERSION, CosmosHeaders.CURRENT_VERSION).send())
        .compose(
            response ->
                switch (response.statusCode()) {
                  case 200 ->
                      response
                          .body()
                          .map(
                              body ->
                                  Optional.of(new Answer(owner(response), body.toJsonObject())));
                  case 404 -> response.end().map(end -> Optional.<Answer>empty());
                  default ->
                      Future.failedFuture(
                          "account "
                              + upstream.account()
                              + " answered "
                              + response.statusCode()
                              + " to the gateway's own read of a RID");
                });
  }

  /** The path of what holds the resource, by name: dbs/{db}, or dbs/{db}/colls/{coll}. */
  private static String owner(HttpClientResponse response) {
    return String.valueOf(response.getHeader(CosmosHeaders.ALT_CONTENT_PATH));
  }

  private static Optional<Address> name(ResourceType type, Answer answer) {
    String id = answer.body().getString("id", "");
    if (type == ResourceType.DATABASE) {
      return Optional.of(Address.database(id));
    }
    String[] names = answer.owner().split("/", -1);
    boolean inDatabase = names.length == 2 && names[0].equals("dbs");
    boolean inContainer = names.length == 4 && names[0].equals("dbs") && names[2].equals("colls");
    if (type == ResourceType.CONTAINER) {
      return inDatabase ? Optional.of(Address.container(names[1], id)) : Optional.empty();
    }
    if (type == ResourceType.CLIENT_ENCRYPTION_KEY) {
      return inDatabase ? Optional.of(Address.clientEncryptionKey(names[1], id)) : Optional.empty();
    }
    return inContainer ? Optional.of(Address.child(names[1], names[3], id)) : Optional.empty();
  }
}
