package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import io.vertx.core.Future;

/** What a step says: go on, or answer this. */
sealed interface Verdict {

  record Proceed() implements Verdict {}

  record Refuse(CosmosError error) implements Verdict {}

  /** One future for all that go on without waiting. */
  Future<Verdict> PROCEED = Future.succeededFuture(new Proceed());

  static Future<Verdict> refuse(CosmosError error) {
    return Future.succeededFuture(new Refuse(error));
  }
}
