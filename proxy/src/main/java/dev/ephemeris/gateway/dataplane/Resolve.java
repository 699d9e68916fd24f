package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.metrics.Disposition;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Turns RIDs into names: rules are written on names, so a name is what is decided on and what goes
 * upstream.
 */
final class Resolve implements Step {

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Address address = exchange.request().address();
    if (address.child().isPresent() && exchange.request().resourceType() == ResourceType.OFFER) {
      return offer(exchange, address.child().get());
    }
    return switch (address.addressing()) {
      case NAME -> {
        exchange.address(address);
        yield Verdict.PROCEED;
      }
      case RID -> rid(exchange, address);
    };
  }

  private static Future<Verdict> rid(Exchange exchange, Address address) {
    Operation operation = exchange.request().operation();
    if (!isByRid(operation)) {
      return Verdict.refuse(
          CosmosError.notAvailable(
              "Through this gateway items are addressed and scripts run by name, not by RID,"
                  + " and a database can't have a name that reads as a RID."));
    }
    return exchange
        .upstream()
        .rids()
        .resolve(exchange.request().resourceType(), address, exchange.asker())
        .map(name -> named(exchange, name))
        .otherwise(failure -> unknown(exchange, failure));
  }

  private static Future<Verdict> offer(Exchange exchange, String rid) {
    return exchange
        .upstream()
        .rids()
        .offer(rid, exchange.asker())
        .map(found -> offer(exchange, found))
        .otherwise(failure -> unknown(exchange, failure));
  }

  private static Verdict offer(Exchange exchange, Optional<RidDirectory.Offer> found) {
    if (found.isEmpty()) {
      return new Verdict.Refuse(Access.NOTHING_THERE);
    }
    exchange.offer(exchange.request().address(), found.get());
    return new Verdict.Proceed();
  }

  /** What to answer when a RID wasn't looked up. */
  static Verdict unknown(Exchange exchange, Throwable failure) {
    if (failure instanceof RidDirectory.TooManyLookUps tooMany) {
      long millis = tooMany.untilMore().plusNanos(999_999).toMillis();
      return new Verdict.Refuse(
          Disposition.OVER_BUDGET,
          CosmosError.tooManyRequests(
              "You have named many RIDs that nothing has or that weren't known. Come again in "
                  + millis
                  + " ms, or use names."),
          millis);
    }
    return new Verdict.Refuse(
        Disposition.UPSTREAM_UNREACHABLE,
        CosmosError.unavailable(
            "The gateway can't ask account "
                + exchange.upstream().account()
                + " for the name behind a RID now."));
  }

  /** What SDKs do by RID: fill their caches, and write a definition back that they have read. */
  private static boolean isByRid(Operation operation) {
    return switch (operation) {
      case READ_DATABASE,
          DELETE_DATABASE,
          LIST_CONTAINERS,
          READ_CONTAINER,
          REPLACE_CONTAINER,
          DELETE_CONTAINER,
          LIST_CLIENT_ENCRYPTION_KEYS,
          READ_CLIENT_ENCRYPTION_KEY,
          REPLACE_CLIENT_ENCRYPTION_KEY,
          READ_PARTITION_KEY_RANGES,
          READ_SCRIPT,
          REPLACE_SCRIPT,
          DELETE_SCRIPT ->
          true;
      default -> false;
    };
  }

  private static Verdict named(Exchange exchange, Optional<Address> name) {
    if (name.isEmpty()) {
      return new Verdict.Refuse(Access.NOTHING_THERE);
    }
    exchange.address(name.get());
    return new Verdict.Proceed();
  }
}
