package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import io.vertx.core.Future;

/**
 * Refuses what the account would refuse the gateway itself, which is somebody in Entra ID there and
 * has no key: with advice, and before anything is sent.
 */
final class Reach implements Step {

  @Override
  public Future<Verdict> take(Exchange exchange) {
    if (exchange.upstream().reaches(exchange.request().operation())) {
      return Verdict.PROCEED;
    }
    return Verdict.refuse(
        CosmosError.notAvailable(
            "You may do this, but the gateway can't: it reaches account “"
                + exchange.upstream().account()
                + "” by an identity in Entra ID, and those create no databases and containers"
                + " there, and neither read nor change scripts and throughput. Use Azure Resource"
                + " Manager: Bicep, Terraform or “az cosmosdb sql”."));
  }
}
