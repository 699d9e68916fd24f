package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.CatalogRefresh;
import dev.ephemeris.gateway.identity.Pace;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * A hint that the catalog has changed: it is read at once. What it says is never taken from here.
 */
final class CatalogRoute {

  private final Optional<CatalogRefresh> refresh;

  CatalogRoute(Optional<CatalogRefresh> refresh) {
    this.refresh = refresh;
  }

  void refresh(RoutingContext context) {
    // Files are looked at every second without being asked to.
    CatalogRefresh.Hint hint =
        refresh.map(CatalogRefresh::hint).orElseGet(CatalogRefresh.Hint.Taken::new);
    switch (hint) {
      case CatalogRefresh.Hint.Taken taken -> context.response().setStatusCode(202).end();
      case CatalogRefresh.Hint.TooSoon(var retryAfter) -> {
        long seconds = Math.max(1, Pace.seconds(retryAfter));
        context.response().putHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
        Problem.of(
                429,
                "too-soon",
                "too soon",
                "The catalog was refreshed a moment ago. Ask again in " + seconds + " s.")
            .send(context);
      }
    }
  }
}
