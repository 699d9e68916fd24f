package dev.ephemeris.gateway.identity;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Reads issuers' metadata (OpenID Connect Discovery 1.0 §4) and the keys that it names. What an
 * issuer answers is bounded in size and time, and nobody is followed to another address.
 */
final class Discovery {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The longest known, Entra ID's keys with their certificates, are a tenth of it. */
  private static final int MOST_BYTES = 512 * 1024;

  private final HttpClient client;
  private final Duration patience;

  Discovery(Vertx vertx) {
    this(vertx, PATIENCE);
  }

  /**
   * @param patience how long each answer may take, from its first byte to its last
   */
  Discovery(Vertx vertx, Duration patience) {
    this.client = vertx.createHttpClient(new HttpClientOptions());
    this.patience = patience;
  }

  /**
   * The key set of an issuer; fails if its document names another issuer (§4.3) or keys at an
   * address that isn't as protected as the issuer's own.
   */
  Future<String> keys(String issuer) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    return get("its discovery", base + "/.well-known/openid-configuration")
        .map(text -> keysUri(issuer, text))
        .compose(uri -> get("its keys", uri));
  }

  private static String keysUri(String issuer, String text) {
    JsonObject document =
        StrictJson.object(text)
            .orElseThrow(() -> new IllegalStateException("its discovery document isn't JSON"));
    if (!issuer.equals(document.getValue("issuer"))) {
      throw new IllegalStateException("its discovery document is another issuer's");
    }
    String uri = document.getValue("jwks_uri") instanceof String named ? named : "";
    if (!URI.create(issuer).getScheme().equals(URI.create(uri).getScheme())) {
      throw new IllegalStateException("its keys are served with another scheme than itself");
    }
    return uri;
  }

  private Future<String> get(String what, String uri) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(uri)
            .setFollowRedirects(false)
            .setTimeout(patience.toMillis());
    return client
        .request(options)
        .compose(
            request ->
                request
                    .send()
                    .compose(response -> text(what, response))
                    // However slowly it drips, and whatever else it does.
                    .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(failure -> request.reset()));
  }

  private static Future<String> text(String what, HttpClientResponse response) {
    if (response.statusCode() != 200) {
      return Future.failedFuture(what + " answered " + response.statusCode());
    }
    Promise<String> read = Promise.promise();
    Buffer body = Buffer.buffer();
    response.handler(
        chunk -> {
          if (body.length() + chunk.length() > MOST_BYTES) {
            read.tryFail(what + " answered more than " + MOST_BYTES + " bytes");
          } else {
            body.appendBuffer(chunk);
          }
        });
    response.exceptionHandler(read::tryFail);
    response.endHandler(end -> read.tryComplete(body.toString()));
    return read.future();
  }
}
