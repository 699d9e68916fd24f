package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.RequestHeaders.Header;
import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import dev.ephemeris.gateway.metrics.Disposition;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the upstream request from the parsed one and sends it: path from names, headers by
 * allow-list, a signature of the gateway's own. Nothing of the client's credential goes along.
 */
final class Forward implements Step {

  private static final Set<String> RANGES =
      Set.of(
          CosmosHeaders.PARTITION_KEY_RANGE_ID,
          CosmosHeaders.START_EPK,
          CosmosHeaders.END_EPK,
          CosmosHeaders.READ_KEY_TYPE);

  private static final Logger LOG = LoggerFactory.getLogger(Forward.class);

  @Override
  public Future<Verdict> take(Exchange exchange) {
    CosmosRequest request = exchange.request();
    exchange.forwarded();
    return exchange
        .upstream()
        .send(
            exchange.host().region(),
            request.verb(),
            request.resourceType(),
            exchange.address(),
            upstream -> {
              headers(exchange, upstream);
              return exchange.body().length() == 0
                  ? upstream.send()
                  : upstream.send(exchange.body());
            })
        .map(
            answer -> {
              exchange.answer(answer);
              charge(exchange, answer);
              return (Verdict) new Verdict.Proceed();
            })
        .otherwise(failure -> unreachable(exchange, failure));
  }

  private static void charge(Exchange exchange, HttpClientResponse answer) {
    if (!exchange.charges().isEmpty()) {
      double requestUnits = Rewrite.requestCharge(answer);
      long now = System.nanoTime();
      exchange.charges().forEach(charge -> charge.spend(requestUnits, now));
    }
  }

  private static void headers(Exchange exchange, HttpClientRequest upstream) {
    CosmosRequest request = exchange.request();
    upstream.putHeader(CosmosHeaders.VERSION, CosmosHeaders.CURRENT_VERSION);
    upstream.putHeader(CosmosHeaders.ACTIVITY_ID, exchange.activityId());
    boolean confined = exchange.confinedTo().isPresent();
    for (Header header : request.headers().all()) {
      if (!(confined && RANGES.contains(header.name()))) {
        upstream.putHeader(header.name(), exchange.sentAs(header.name()).orElse(header.value()));
      }
    }
    if (request.operation().isPaged()) {
      exchange
          .allowed()
          .limits()
          .itemsPerPage()
          .ifPresent(most -> upstream.putHeader(CosmosHeaders.MAX_ITEM_COUNT, page(request, most)));
    }
    exchange
        .confinedTo()
        .or(request::partitionKey)
        .ifPresent(key -> upstream.putHeader(CosmosHeaders.PARTITION_KEY, key.header()));
    // Azure's own logs show which lease a request came with, and where it is in the journal.
    upstream.putHeader(
        "user-agent",
        request.headers().get("user-agent").map(agent -> agent + " ").orElse("")
            + "ephemeris-lease/"
            + exchange.lease().id()
            + exchange.requestId().map(id -> " ephemeris-request/" + id).orElse(""));
  }

  /** As many items as were asked for, but no more than there may be; -1 asks for any number. */
  private static String page(CosmosRequest request, int most) {
    long asked =
        request.headers().get(CosmosHeaders.MAX_ITEM_COUNT).map(Long::parseLong).orElse(0L);
    return Long.toString(asked > 0 ? Math.min(asked, most) : most);
  }

  private static Verdict unreachable(Exchange exchange, Throwable failure) {
    LOG.atWarn()
        .addKeyValue("account", exchange.upstream().account())
        .addKeyValue("activityId", exchange.activityId())
        .setCause(failure)
        .log("upstream unreachable");
    if (failure instanceof CredentialException) {
      return new Verdict.Refuse(
          Disposition.UPSTREAM_UNREACHABLE,
          CosmosError.unavailable(
              "The gateway has nothing to sign in to Cosmos DB account “"
                  + exchange.upstream().account()
                  + "” with now, so nothing was sent to it; the gateway's log says why. The request"
                  + " can be sent again."));
    }
    return new Verdict.Refuse(
        Disposition.UPSTREAM_UNREACHABLE,
        CosmosError.unavailable(
            "The gateway can't reach Cosmos DB account “"
                + exchange.upstream().account()
                + "”, or lost the connection before its answer. A write may have taken effect."));
  }
}
