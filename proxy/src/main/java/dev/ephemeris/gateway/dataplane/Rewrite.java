package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.JsonElements;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.credential.Withheld;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives the answer back as it came, without the headers and locations that would lead a client past
 * the gateway.
 */
final class Rewrite implements Step {

  /** What SDKs read of an answer; everything else stays here. */
  private static final Set<String> PASSED_ON =
      Set.of(
          CosmosHeaders.CONTENT_TYPE,
          CosmosHeaders.ACTIVITY_ID,
          CosmosHeaders.REQUEST_CHARGE,
          CosmosHeaders.SESSION_TOKEN,
          CosmosHeaders.CONTINUATION,
          CosmosHeaders.ITEM_COUNT,
          CosmosHeaders.SUB_STATUS,
          CosmosHeaders.RETRY_AFTER_MS,
          CosmosHeaders.ALT_CONTENT_PATH,
          CosmosHeaders.CONTENT_PATH,
          CosmosHeaders.PARTITION_KEY_RANGE_ID,
          "date",
          "etag",
          "last-modified",
          "lsn",
          "x-ms-cosmos-index-utilization",
          "x-ms-cosmos-item-llsn",
          "x-ms-cosmos-llsn",
          "x-ms-cosmos-min-throughput",
          "x-ms-cosmos-query-execution-info",
          "x-ms-current-write-quorum",
          "x-ms-documentdb-query-metrics",
          "x-ms-documentdb-script-log-results",
          "x-ms-gatewayversion",
          "x-ms-global-committed-lsn",
          "x-ms-item-lsn",
          "x-ms-last-state-change-utc",
          "x-ms-max-media-storage-usage-mb",
          "x-ms-media-storage-usage-mb",
          "x-ms-number-of-read-regions",
          "x-ms-offer-replace-pending",
          "x-ms-quorum-acked-lsn",
          "x-ms-request-duration-ms",
          "x-ms-resource-quota",
          "x-ms-resource-usage",
          "x-ms-schemaversion",
          "x-ms-serviceversion",
          "x-ms-transport-request-id",
          "x-ms-xp-role");

  static final int FIRST_ERROR = 400;

  private final Listing listing;
  private final Continue continuations;

  Rewrite(Listing listing, Continue continuations) {
    this.listing = listing;
    this.continuations = continuations;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    HttpClientResponse answer = exchange.answer();
    HttpServerResponse response = exchange.response();
    exchange.outcome(outcome(answer, Optional.empty(), 0));
    response.setStatusCode(answer.statusCode());
    for (Map.Entry<String, String> header : answer.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (PASSED_ON.contains(name) && !Withhold.hides(exchange, name)) {
        response
            .headers()
            .add(header.getKey(), continuations.shown(exchange, name, header.getValue()));
      }
    }
    if (exchange.withheld() > 0) {
      response.putHeader(Withheld.HEADER, Integer.toString(exchange.withheld()));
    }
    return send(exchange, answer, response)
        .map(
            sent -> {
              exchange.outcome(outcome(answer, itemCount(response), response.bytesWritten()));
              return new Verdict.Proceed();
            });
  }

  private Future<Void> send(
      Exchange exchange, HttpClientResponse answer, HttpServerResponse response) {
    if (!hasBody(exchange)) {
      return answer.end().compose(end -> response.end());
    }
    // An error must have its length, or .NET drops its message.
    if (answer.statusCode() >= FIRST_ERROR) {
      return body(exchange).compose(response::end);
    }
    if (exchange.request().operation() == Operation.READ_ACCOUNT) {
      return body(exchange).map(body -> own(exchange, body)).compose(response::end);
    }
    if (exchange.refusedInBatch().isPresent()) {
      BatchRefusals refusals = exchange.refusedInBatch().get();
      return body(exchange).compose(body -> batch(refusals, body, response));
    }
    if (Listing.isOne(exchange.request().operation())) {
      return body(exchange).compose(body -> list(exchange, body, response));
    }
    if (exchange.readAnswer().isPresent()) {
      return response.end(exchange.readAnswer().get());
    }
    String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      response.setChunked(true);
    } else {
      response.putHeader(HttpHeaders.CONTENT_LENGTH, length);
    }
    // An answer that breaks off must not be ended as if it were whole.
    return answer.pipe().endOnFailure(false).to(response);
  }

  static boolean hasBody(Exchange exchange) {
    int status = exchange.answer().statusCode();
    return status != 204 && status != 304 && exchange.request().verb() != Verb.HEAD;
  }

  private static Future<Buffer> body(Exchange exchange) {
    return exchange
        .readAnswer()
        .map(Future::succeededFuture)
        .orElseGet(() -> exchange.answer().body());
  }

  private static Future<Void> batch(
      BatchRefusals refusals, Buffer body, HttpServerResponse response) {
    return JsonElements.split(body.getBytes())
        .map(refusals::into)
        .map(all -> response.setStatusCode(BatchRefusals.STATUS).end(all))
        .orElseGet(
            () -> Future.failedFuture("the account's answer to a batch isn't a list of results"));
  }

  private Future<Void> list(Exchange exchange, Buffer body, HttpServerResponse response) {
    return listing
        .filtered(exchange, body.toJsonObject())
        .compose(
            left -> {
              response.putHeader(CosmosHeaders.ITEM_COUNT, left.getInteger("_count").toString());
              return response.end(left.toBuffer());
            });
  }

  private static Buffer own(Exchange exchange, Buffer document) {
    HostAndPort authority = exchange.incoming().authority();
    int port = authority.port() < 0 ? 443 : authority.port();
    return AccountDocument.of(
        document.toJsonObject(),
        "https://" + authority.host() + ":" + port + "/",
        exchange.upstream().regions(),
        region ->
            "https://" + exchange.host().inRegion(exchange.lease(), region) + ":" + port + "/");
  }

  /** What upstream answered and charged. */
  private static Exchange.Outcome outcome(
      HttpClientResponse answer, Optional<Integer> itemCount, long bytes) {
    return new Exchange.Outcome(
        answer.statusCode(),
        number(answer.getHeader(CosmosHeaders.SUB_STATUS)).map(Double::intValue).orElse(0),
        requestCharge(answer),
        itemCount,
        bytes);
  }

  static double requestCharge(HttpClientResponse answer) {
    return number(answer.getHeader(CosmosHeaders.REQUEST_CHARGE)).orElse(0.0);
  }

  /** As the client was told: of a list without what isn't theirs to see. */
  private static Optional<Integer> itemCount(HttpServerResponse response) {
    return number(response.headers().get(CosmosHeaders.ITEM_COUNT)).map(Double::intValue);
  }

  private static Optional<Double> number(@Nullable String header) {
    try {
      return Optional.ofNullable(header).map(Double::valueOf).filter(Double::isFinite);
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }
}
