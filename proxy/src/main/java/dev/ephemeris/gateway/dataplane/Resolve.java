package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.Operation;
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
    // What SDKs ask for by RID to fill their caches; nothing that touches items.
    boolean metadata =
        operation == Operation.READ_DATABASE
            || operation == Operation.READ_CONTAINER
            || operation == Operation.READ_PARTITION_KEY_RANGES;
    if (!metadata) {
      return Verdict.refuse(
          CosmosError.notAvailable(
              "Through this gateway items are addressed by name, not by RID, and a database can't"
                  + " have a name that reads as a RID."));
    }
    return exchange
        .upstream()
        .rids()
        .resolve(address)
        .map(name -> named(exchange, name))
        .otherwise(
            failure ->
                new Verdict.Refuse(
                    CosmosError.unavailable(
                        "The gateway can't ask account "
                            + exchange.upstream().account()
                            + " for the name behind a RID now.")));
  }

  private static Verdict named(Exchange exchange, Optional<Address> name) {
    if (name.isEmpty()) {
      return new Verdict.Refuse(
          CosmosError.denied("Denied by Ephemeris: nothing that you may read has this RID."));
    }
    exchange.address(name.get());
    return new Verdict.Proceed();
  }
}
