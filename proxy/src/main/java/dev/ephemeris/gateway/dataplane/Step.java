package dev.ephemeris.gateway.dataplane;

import io.vertx.core.Future;

/** One step of a request's way. */
interface Step {

  /**
   * Does its part; on the exchange's event loop. A failed future is a fault of the gateway's, to be
   * answered with {@code 503}; a refusal is a {@link Verdict}.
   */
  Future<Verdict> take(Exchange exchange);
}
