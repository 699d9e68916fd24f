package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.EffectivePartitionKey;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.RuleName;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps a lease that is for one partition key inside it, and a request to one key at a time where
 * its rule wants that. The key in the header is what holds the service to a partition, whatever a
 * query says: without one that is the lease's, or begins with it, nothing goes on. Ranges name keys
 * by a hash that can be forged, so that they are taken only where the key can stand in their place.
 */
final class Confine implements Step {

  private final Access access;

  Confine(Access access) {
    this.access = access;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Optional<PartitionKey> own = exchange.lease().partitionKey();
    if (own.isEmpty()) {
      return exchange.allowed().limits().crossPartition().isPresent() && readsOverKeys(exchange)
          ? refuse(exchange, Optional.of(exchange.allowed().rule()))
          : Verdict.PROCEED;
    }
    CosmosRequest request = exchange.request();
    return switch (request.operation()) {
      // Nothing of any item's. Of its plan a query may know without the key: JavaScript asks so.
      case READ_ACCOUNT,
          LIST_DATABASES,
          QUERY_DATABASES,
          LIST_CONTAINERS,
          QUERY_CONTAINERS,
          READ_CONTAINER,
          READ_PARTITION_KEY_RANGES,
          QUERY_PLAN ->
          Verdict.PROCEED;
      case CREATE_ITEM,
          UPSERT_ITEM,
          READ_ITEM,
          REPLACE_ITEM,
          PATCH_ITEM,
          DELETE_ITEM,
          QUERY_ITEMS,
          READ_ITEM_FEED,
          READ_CHANGE_FEED,
          QUERY_CHANGE_FEED,
          EXECUTE_STORED_PROCEDURE,
          DELETE_PARTITION_KEY ->
          confine(exchange, own.get());
      // Each operation has a key of its own, or the request's: DecideBatch looks at both.
      case BATCH -> Verdict.PROCEED;
      case CREATE_DATABASE,
          READ_DATABASE,
          DELETE_DATABASE,
          CREATE_CONTAINER,
          REPLACE_CONTAINER,
          DELETE_CONTAINER,
          LIST_CLIENT_ENCRYPTION_KEYS,
          QUERY_CLIENT_ENCRYPTION_KEYS,
          CREATE_CLIENT_ENCRYPTION_KEY,
          READ_CLIENT_ENCRYPTION_KEY,
          REPLACE_CLIENT_ENCRYPTION_KEY,
          LIST_SCRIPTS,
          QUERY_SCRIPTS,
          CREATE_SCRIPT,
          READ_SCRIPT,
          REPLACE_SCRIPT,
          DELETE_SCRIPT,
          // Whether the service holds a conflict to the key of the header isn't known.
          LIST_CONFLICTS,
          QUERY_CONFLICTS,
          READ_CONFLICT,
          DELETE_CONFLICT,
          LIST_OFFERS,
          QUERY_OFFERS,
          READ_OFFER,
          REPLACE_OFFER ->
          refuse(exchange);
    };
  }

  /**
   * Whether it reads items and isn't held to one key: by the header alone, as a range may be of
   * many. Whose lease is for a key is held to that.
   */
  private static boolean readsOverKeys(Exchange exchange) {
    return switch (exchange.request().operation()) {
      case QUERY_ITEMS,
          READ_ITEM_FEED,
          READ_CHANGE_FEED,
          QUERY_CHANGE_FEED,
          LIST_CONFLICTS,
          QUERY_CONFLICTS ->
          exchange.request().partitionKey().isEmpty();
      default -> false;
    };
  }

  private Future<Verdict> confine(Exchange exchange, PartitionKey own) {
    CosmosRequest request = exchange.request();
    boolean ranges =
        has(request, CosmosHeaders.PARTITION_KEY_RANGE_ID)
            || has(request, CosmosHeaders.START_EPK)
            || has(request, CosmosHeaders.END_EPK);
    if (request.partitionKey().isPresent()) {
      return request.partitionKey().get().startsWith(own) && !ranges
          ? Verdict.PROCEED
          : refuse(exchange);
    }
    if (isRangeOf(request, own)) {
      exchange.confinedTo(own);
      return Verdict.PROCEED;
    }
    return refuse(exchange);
  }

  /** Whether the range is exactly of the keys that begin with this one, as Java writes it. */
  private static boolean isRangeOf(CosmosRequest request, PartitionKey own) {
    String start = EffectivePartitionKey.multiHash(own);
    return request
            .headers()
            .get(CosmosHeaders.START_EPK)
            .filter(start::equalsIgnoreCase)
            .isPresent()
        && request
            .headers()
            .get(CosmosHeaders.END_EPK)
            .filter((start + "FF")::equalsIgnoreCase)
            .isPresent();
  }

  private static boolean has(CosmosRequest request, String header) {
    return request.headers().get(header).isPresent();
  }

  private Future<Verdict> refuse(Exchange exchange) {
    return refuse(exchange, Optional.empty());
  }

  /**
   * @param by the rule that wants one key at a time, if it isn't the lease
   */
  private Future<Verdict> refuse(Exchange exchange, Optional<RuleName> by) {
    Set<Action> actions = exchange.allowed().actions();
    return Future.succeededFuture(
        access.refused(
            exchange,
            actions,
            new Access.Answer.No(
                actions.iterator().next(),
                exchange.allowed().scope(),
                Disposition.OUTSIDE_PARTITION_KEY,
                by)));
  }
}
