package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.gateway.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes an exchange through the steps in their order, until one refuses; then through the last one
 * in any case.
 */
final class Chain {

  private static final Logger LOG = LoggerFactory.getLogger(Chain.class);

  private static final Verdict.Refuse FAULT =
      new Verdict.Refuse(
          Disposition.FAULT,
          CosmosError.unavailable(
              "The gateway failed on this request; it is in its log under the activity id below."
                  + " The request can be sent again."));

  private static final Verdict.Refuse STORE_FAULT =
      new Verdict.Refuse(
          Disposition.STORE,
          CosmosError.unavailable(
              "The gateway's store doesn't answer now, so a lease that isn't in use yet can't be"
                  + " found. The request can be sent again."));

  private final List<Step> steps;
  private final RecordOutcome last;

  Chain(List<Step> steps, RecordOutcome last) {
    this.steps = List.copyOf(steps);
    this.last = last;
  }

  void run(Exchange exchange) {
    run(exchange, 0);
  }

  private void run(Exchange exchange, int from) {
    for (int i = from; i < steps.size(); i++) {
      Future<Verdict> verdict = take(steps.get(i), exchange);
      if (!verdict.isComplete()) {
        int next = i + 1;
        verdict.onComplete(
            done -> {
              if (goesOn(verdict, exchange)) {
                run(exchange, next);
              }
            });
        return;
      }
      if (!goesOn(verdict, exchange)) {
        return;
      }
    }
    last.record(
        exchange,
        exchange.refusedInBatch().isPresent() ? Disposition.ALLOWED_IN_PART : Disposition.ALLOWED);
  }

  private static Future<Verdict> take(Step step, Exchange exchange) {
    try {
      return step.take(exchange);
    } catch (RuntimeException bug) {
      return Future.failedFuture(bug);
    }
  }

  private boolean goesOn(Future<Verdict> verdict, Exchange exchange) {
    if (verdict.failed()) {
      if (hasGone(exchange, verdict.cause())) {
        // The client has gone: nobody to answer, and nothing of ours that failed.
        last.record(exchange, Disposition.CLIENT_GONE);
        return false;
      }
      LOG.atError()
          .addKeyValue("activityId", exchange.activityId())
          .setCause(verdict.cause())
          .log("request failed");
      end(exchange, verdict.cause() instanceof StoreException ? STORE_FAULT : FAULT);
      return false;
    }
    return switch (verdict.result()) {
      case Verdict.Proceed proceed -> true;
      case Verdict.Refuse refusal -> {
        end(exchange, refusal);
        yield false;
      }
      case Verdict.Reply(Disposition why, int statusCode, Buffer body) -> {
        try {
          Answers.send(exchange, statusCode, body);
        } finally {
          last.record(exchange, why);
        }
        yield false;
      }
    };
  }

  /** A write finds the connection closed before it is told that it is. */
  private static boolean hasGone(Exchange exchange, Throwable failure) {
    HttpServerResponse response = exchange.response();
    return response.closed()
        || (response.headWritten() && failure instanceof ClosedChannelException);
  }

  private void end(Exchange exchange, Verdict.Refuse refusal) {
    try {
      Answers.send(exchange, refusal.error(), refusal.retryAfterMillis());
    } finally {
      last.record(exchange, refusal.why());
    }
  }
}
