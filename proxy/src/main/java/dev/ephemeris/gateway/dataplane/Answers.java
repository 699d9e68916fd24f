package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/** Errors as the SDKs need them: a JSON body with its length, sub-status and activity id. */
final class Answers {

  private Answers() {}

  /**
   * @param retryAfterMillis when to come again; 0 where that would change nothing
   */
  static void send(Exchange exchange, CosmosError error, long retryAfterMillis) {
    if (retryAfterMillis > 0) {
      exchange.response().putHeader(CosmosHeaders.RETRY_AFTER_MS, Long.toString(retryAfterMillis));
    }
    send(
        exchange,
        error.statusCode(),
        error.subStatus(),
        Buffer.buffer(error.body(exchange.activityId())));
  }

  static void send(Exchange exchange, int statusCode, Buffer body) {
    send(exchange, statusCode, 0, body);
  }

  private static void send(Exchange exchange, int statusCode, int subStatus, Buffer body) {
    HttpServerResponse response = exchange.response();
    if (response.headWritten()) {
      // The answer has begun: only breaking it off tells that it isn't whole.
      exchange.breakOff();
      return;
    }
    // An answer of the account's may have come, and be kept from the client.
    double charge = exchange.requestCharge();
    exchange.outcome(
        new Exchange.Outcome(statusCode, subStatus, charge, Optional.empty(), body.length()));
    response
        .setStatusCode(statusCode)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()))
        .putHeader(CosmosHeaders.ACTIVITY_ID, exchange.activityId())
        .putHeader(CosmosHeaders.REQUEST_CHARGE, charge == 0 ? "0" : Double.toString(charge));
    if (exchange.incoming().headers().contains(InnerClient.SECRET)) {
      response.putHeader(InnerClient.OWN_WORDS, "true");
    }
    if (subStatus != 0) {
      response.putHeader(CosmosHeaders.SUB_STATUS, Integer.toString(subStatus));
    }
    boolean unread = !RequestBody.discard(exchange.incoming());
    if (unread) {
      exchange.closing();
    }
    Future<Void> ended =
        exchange.incoming().method().name().equals(Verb.HEAD.name())
            ? response.end()
            : response.end(body);
    if (unread) {
      ended.onComplete(done -> exchange.closed());
    }
  }
}
