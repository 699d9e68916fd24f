package dev.ephemeris.gateway.identity;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;

/** Reads issuers' metadata (OpenID Connect Discovery 1.0 §4). */
final class Discovery {

  /** The endpoints that are used here. */
  record Document(String authorizationEndpoint, String tokenEndpoint, String jwksUri) {}

  private static final int TIMEOUT_MS = 10_000;

  private final HttpClient client;

  Discovery(Vertx vertx) {
    this.client = vertx.createHttpClient(new HttpClientOptions());
  }

  /**
   * The metadata of an issuer; fails if the document names another issuer (§4.3) or keys at an
   * address that isn't as protected as the issuer's own.
   */
  Future<Document> of(String issuer) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(base + "/.well-known/openid-configuration")
            .setFollowRedirects(false)
            .setTimeout(TIMEOUT_MS);
    return client
        .request(request)
        .compose(sent -> sent.send())
        .compose(
            response ->
                response.statusCode() == 200
                    ? response.body()
                    : Future.failedFuture("discovery answered " + response.statusCode()))
        .map(body -> document(issuer, body.toJsonObject()));
  }

  private static Document document(String issuer, JsonObject json) {
    if (!issuer.equals(json.getValue("issuer"))) {
      throw new IllegalStateException("its discovery document is another issuer's");
    }
    String jwks = json.getString("jwks_uri", "");
    if (!URI.create(issuer).getScheme().equals(URI.create(jwks).getScheme())) {
      throw new IllegalStateException("its keys are served with another scheme than itself");
    }
    return new Document(
        json.getString("authorization_endpoint", "/authorize"),
        json.getString("token_endpoint", "/token"),
        jwks);
  }
}
