package dev.ephemeris.simulator.issuer;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Turns away what a web page elsewhere could make a browser send. Being on loopback is no
 * protection from the browser that runs there too.
 */
final class Doorkeeper implements Handler<RoutingContext> {
  private final URI issuer;

  Doorkeeper(URI issuer) {
    this.issuer = issuer;
  }

  @Override
  public void handle(RoutingContext context) {
    var request = context.request();
    context.response().putHeader("X-Content-Type-Options", "nosniff");
    if (!issuer.getRawAuthority().equals(request.getHeader(HttpHeaders.HOST))) {
      // DNS rebinding: a name of someone else's that leads here
      context.response().setStatusCode(421).end();
    } else if (request.method().equals(HttpMethod.POST)
        && isFromElsewhere(request.getHeader(HttpHeaders.ORIGIN))) {
      context.response().setStatusCode(403).end();
    } else {
      context.next();
    }
  }

  private boolean isFromElsewhere(@Nullable String origin) {
    return origin != null && !origin.equals(issuer.toString());
  }
}
