package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/** Errors as the SDKs need them: a JSON body with its length, sub-status and activity id. */
final class Answers {

  private Answers() {}

  static void send(Exchange exchange, CosmosError error) {
    HttpServerResponse response = exchange.response();
    byte[] body = error.body(exchange.activityId());
    if (response.headWritten()) {
      // The answer has begun: only breaking the connection tells that it isn't whole.
      exchange.incoming().connection().close();
      return;
    }
    exchange.outcome(new Exchange.Outcome(error.statusCode(), error.subStatus(), 0, body.length));
    response
        .setStatusCode(error.statusCode())
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length))
        .putHeader(CosmosHeaders.ACTIVITY_ID, exchange.activityId())
        .putHeader(CosmosHeaders.REQUEST_CHARGE, "0");
    if (error.subStatus() != 0) {
      response.putHeader(CosmosHeaders.SUB_STATUS, Integer.toString(error.subStatus()));
    }
    if (!RequestBody.discard(exchange.incoming())) {
      // The rest of the request isn't read: nothing may follow it on this connection.
      response.putHeader(HttpHeaders.CONNECTION, "close");
    }
    if (exchange.incoming().method().name().equals(Verb.HEAD.name())) {
      response.end();
    } else {
      response.end(Buffer.buffer(body));
    }
  }
}
