package dev.ephemeris.gateway.dataplane;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * The names behind RIDs, from the gateway's own reads of the account only: what a client says that
 * a RID stands for doesn't count. Each unknown one is read once; that it isn't there is remembered
 * for a while too.
 */
final class RidDirectory {

  private static final Duration FOUND = Duration.ofMinutes(10);
  private static final Duration MISSING = Duration.ofSeconds(30);

  private final Upstream upstream;
  private final AsyncCache<Address, Optional<Address>> names =
      Caffeine.newBuilder()
          .maximumSize(10_000)
          .expireAfter(
              Expiry.<Address, Optional<Address>>creating(
                  (rid, name) -> name.isPresent() ? FOUND : MISSING))
          .buildAsync();

  RidDirectory(Upstream upstream) {
    this.upstream = upstream;
  }

  /** The address by name of a database's or container's address by RID; empty if there is none. */
  Future<Optional<Address>> resolve(Address rid) {
    var lookUp =
        names.get(rid, (key, executor) -> read(key).toCompletionStage().toCompletableFuture());
    var context = Vertx.currentContext();
    return context == null
        ? Future.fromCompletionStage(lookUp)
        : Future.fromCompletionStage(lookUp, context);
  }

  private Future<Optional<Address>> read(Address rid) {
    ResourceType type =
        rid.container().isPresent() ? ResourceType.CONTAINER : ResourceType.DATABASE;
    return upstream
        .request(Verb.GET, type, rid)
        .compose(
            request ->
                request.putHeader(CosmosHeaders.VERSION, CosmosHeaders.CURRENT_VERSION).send())
        .compose(
            response ->
                switch (response.statusCode()) {
                  case 200 ->
                      response.body().map(body -> name(type, response, body.toJsonObject()));
                  case 404 -> response.end().map(end -> Optional.<Address>empty());
                  default ->
                      Future.failedFuture(
                          "account "
                              + upstream.account()
                              + " answered "
                              + response.statusCode()
                              + " to the gateway's own read of a RID");
                });
  }

  private static Optional<Address> name(
      ResourceType type, HttpClientResponse response, JsonObject resource) {
    String id = resource.getString("id", "");
    if (type == ResourceType.DATABASE) {
      return Optional.of(Address.database(id));
    }
    // The path of the owner by name: dbs/{database}.
    String owner = String.valueOf(response.getHeader(CosmosHeaders.ALT_CONTENT_PATH));
    return owner.startsWith("dbs/") && owner.indexOf('/', "dbs/".length()) < 0
        ? Optional.of(Address.container(owner.substring("dbs/".length()), id))
        : Optional.empty();
  }
}
