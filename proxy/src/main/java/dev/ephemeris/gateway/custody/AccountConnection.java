package dev.ephemeris.gateway.custody;

import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.http.BoundedBody;
import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** How the gateway connects to an account. */
public final class AccountConnection {

  private static final int HTTPS = 443;

  /** No page of the service's is longer. */
  private static final int MOST_BYTES = 4 * 1024 * 1024;

  private AccountConnection() {}

  /**
   * Over TLS, with the account's name verified.
   *
   * @param caCertificate PEM: an authority to trust for it, beside the machine's
   */
  public static HttpClientOptions options(Optional<Path> caCertificate) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            .setVerifyHost(true)
            .setKeepAliveTimeout(30)
            .setConnectTimeout(5_000)
            .setDecompressionSupported(false);
    caCertificate.ifPresent(
        ca -> options.setTrustOptions(new PemTrustOptions().addCertPath(ca.toString())));
    return options;
  }

  /**
   * A request to an account; how long it may take is for the caller to say.
   *
   * @param endpoint the account's, or that of one of its regions
   */
  public static RequestOptions request(URI endpoint, Verb verb, String path) {
    return new RequestOptions()
        .setMethod(HttpMethod.valueOf(verb.name()))
        .setHost(endpoint.getHost())
        .setPort(endpoint.getPort() < 0 ? HTTPS : endpoint.getPort())
        .setSsl(true)
        .setURI(path)
        .setFollowRedirects(false);
  }

  /**
   * What an account answers to a request of the gateway's own; empty if that isn't a JSON object.
   * As {@link BoundedBody#of}, and fails if it is longer than any answer of the service's.
   */
  public static Future<JsonObject> json(HttpClientResponse response) {
    return BoundedBody.of(
            response,
            MOST_BYTES,
            () -> VertxException.noStackTrace("the account answered more than 4 MiB"))
        .map(AccountConnection::object);
  }

  private static JsonObject object(Buffer body) {
    try {
      return body.length() == 0 ? new JsonObject() : body.toJsonObject();
    } catch (DecodeException | ClassCastException notAnObject) {
      return new JsonObject();
    }
  }
}
