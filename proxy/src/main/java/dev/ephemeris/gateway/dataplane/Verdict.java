package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.metrics.Disposition;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** What a step says: go on, or answer this. */
sealed interface Verdict {

  record Proceed() implements Verdict {}

  /**
   * An error.
   *
   * @param why what metrics tell of it
   * @param retryAfterMillis when to come again; 0 where that would change nothing
   */
  record Refuse(Disposition why, CosmosError error, long retryAfterMillis) implements Verdict {

    Refuse(Disposition why, CosmosError error) {
      this(why, error, 0);
    }

    /** Where the status says why. */
    Refuse(CosmosError error) {
      this(why(error), error);
    }

    private static Disposition why(CosmosError error) {
      return switch (error.statusCode()) {
        case 401 -> Disposition.UNAUTHENTICATED;
        case 403 ->
            error.subStatus() == CosmosError.NOT_AVAILABLE
                ? Disposition.NOT_AVAILABLE
                : Disposition.NO_RULE;
        case 413 -> Disposition.TOO_LARGE;
        case 429 -> Disposition.OVER_BUDGET;
        default -> error.statusCode() < 500 ? Disposition.MALFORMED : Disposition.FAULT;
      };
    }
  }

  /** An answer of the gateway's own that isn't an error. */
  record Reply(Disposition why, int statusCode, Buffer body) implements Verdict {}

  /** One future for all that go on without waiting. */
  Future<Verdict> PROCEED = Future.succeededFuture(new Proceed());

  static Future<Verdict> refuse(CosmosError error) {
    return Future.succeededFuture(new Refuse(error));
  }
}
