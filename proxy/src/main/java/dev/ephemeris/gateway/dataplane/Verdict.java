package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** What a step says: go on, or answer this. */
sealed interface Verdict {

  record Proceed() implements Verdict {}

  record Refuse(CosmosError error) implements Verdict {}

  /** An answer of the gateway's own that isn't an error. */
  record Reply(int statusCode, Buffer body) implements Verdict {}

  /** One future for all that go on without waiting. */
  Future<Verdict> PROCEED = Future.succeededFuture(new Proceed());

  static Future<Verdict> refuse(CosmosError error) {
    return Future.succeededFuture(new Refuse(error));
  }
}
