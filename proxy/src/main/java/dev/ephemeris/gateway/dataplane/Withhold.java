package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.credential.Withheld;
import dev.ephemeris.gateway.http.BoundedBody;
import dev.ephemeris.gateway.metrics.Disposition;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Takes out of the answer to an agent what looks like a credential, wherever it stands. An answer
 * that can't be looked through isn't for agents; errors come without their text then. Of everybody
 * else's answers it reads nothing.
 */
final class Withhold implements Step {

  /** Headers with what scripts and queries say in their own words. */
  private static final Set<String> WITHHELD_HEADERS =
      Set.of("x-ms-documentdb-script-log-results", "x-ms-cosmos-index-utilization");

  /** What takes longer than others on this event loop should wait for, in bytes. */
  private static final int LONG = 64 * 1024;

  private final int limit;

  /**
   * @param limit the longest answer that is looked through, in bytes
   */
  Withhold(int limit) {
    this.limit = limit;
  }

  /**
   * Whether a header isn't shown at all.
   *
   * @param name in lower case
   */
  static boolean hides(Exchange exchange, String name) {
    return exchange.isOfAgent() && WITHHELD_HEADERS.contains(name);
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    if (!exchange.isOfAgent()
        || !Rewrite.hasBody(exchange)
        // Has nothing of any item, and what is the agent's own in it must run as it is.
        || exchange.request().operation() == Operation.QUERY_PLAN) {
      return Verdict.PROCEED;
    }
    HttpClientResponse answer = exchange.answer();
    String encoding = answer.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      // What is reset here is nobody's to be told of.
      answer.exceptionHandler(reset -> {});
      answer.request().reset();
      return Future.succeededFuture(unreadable(exchange, "it is compressed"));
    }
    Exception tooLong = VertxException.noStackTrace("too long");
    return BoundedBody.of(answer, limit, () -> tooLong)
        .compose(body -> looked(exchange, body))
        .recover(
            failure ->
                failure == tooLong
                    ? Future.succeededFuture(tooLong(exchange))
                    : Future.failedFuture(failure));
  }

  private static Future<Verdict> looked(Exchange exchange, Buffer body) {
    if (body.length() == 0) {
      exchange.read(body, 0);
      return Verdict.PROCEED;
    }
    if (body.length() <= LONG) {
      return Future.succeededFuture(taken(exchange, Withheld.of(body.getBytes())));
    }
    Context here = Objects.requireNonNull(Vertx.currentContext());
    return here.executeBlocking(() -> Withheld.of(body.getBytes()), false)
        .map(withheld -> taken(exchange, withheld));
  }

  private static Verdict taken(Exchange exchange, Optional<Withheld> withheld) {
    if (withheld.isEmpty()) {
      return unreadable(exchange, "it isn't JSON text");
    }
    exchange.read(Buffer.buffer(withheld.get().json()), withheld.get().values());
    return new Verdict.Proceed();
  }

  private static Verdict unreadable(Exchange exchange, String why) {
    return withoutAnswer(
        exchange,
        CosmosError.notAvailable(
            "Denied by Ephemeris: what agents are given is looked through for credentials first,"
                + " and the account's answer can't be, as "
                + why
                + "."
                + effect(exchange)));
  }

  private Verdict tooLong(Exchange exchange) {
    return withoutAnswer(
        exchange,
        CosmosError.tooLarge(
            "What agents are given is looked through for credentials first, and the account's"
                + " answer is longer than the "
                + limit
                + " bytes of which that is done. Ask for fewer items at a time ("
                + CosmosHeaders.MAX_ITEM_COUNT
                + "), or for less of each."
                + effect(exchange)));
  }

  private static String effect(Exchange exchange) {
    return exchange.request().operation().changesState()
        ? " What was asked for has been done."
        : "";
  }

  /** What a status says to an SDK, such as when to come again, it says without a text, too. */
  private static Verdict withoutAnswer(Exchange exchange, CosmosError instead) {
    int status = exchange.answer().statusCode();
    if (status < Rewrite.FIRST_ERROR) {
      return new Verdict.Refuse(Disposition.NOT_FOR_AGENTS, instead);
    }
    CosmosError error =
        new CosmosError(
            status,
            0,
            "The account answered so. Its words can't be looked through for credentials, so that no"
                + " agent is given them.");
    exchange.read(Buffer.buffer(error.body(exchange.activityId())), 0);
    return new Verdict.Proceed();
  }
}
