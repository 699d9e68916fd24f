package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosRequest;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/** Reads the request once. What two readers could read in two ways ends here. */
final class Parse implements Step {

  @Override
  public Future<Verdict> take(Exchange exchange) {
    HttpServerRequest incoming = exchange.incoming();
    return switch (CosmosRequest.parse(
        incoming.method().name(), incoming.uri(), incoming.headers())) {
      case CosmosError error -> Verdict.refuse(error);
      case CosmosRequest request -> {
        exchange.request(request);
        yield Verdict.PROCEED;
      }
    };
  }
}
