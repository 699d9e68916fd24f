package dev.ephemeris.gateway.identity;

import dev.ephemeris.gateway.http.BoundedBody;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Requests to issuers. What they answer is bounded in size and time, and nobody is followed to
 * another address.
 */
final class IssuerHttp {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** The longest known, Entra ID's keys with their certificates, are a tenth of it. */
  private static final int MOST_BYTES = 512 * 1024;

  private final HttpClient client;
  private final Duration patience;

  IssuerHttp(Vertx vertx) {
    this(vertx, PATIENCE);
  }

  /**
   * @param patience how long each answer may take, from its first byte to its last
   */
  IssuerHttp(Vertx vertx, Duration patience) {
    this.client = vertx.createHttpClient(new HttpClientOptions());
    this.patience = patience;
  }

  record Answer(int status, String body) {}

  /** What is at {@code uri}; fails if that isn't answered with success. */
  Future<String> get(String what, String uri) {
    return send(what, HttpMethod.GET, uri, HttpClientRequest::send)
        .compose(
            answer ->
                answer.status() == 200
                    ? Future.succeededFuture(answer.body())
                    : Future.failedFuture(what + " answered " + answer.status()));
  }

  /** What a form ({@code application/x-www-form-urlencoded}) is answered with. */
  Future<Answer> post(String what, String uri, Map<String, String> form, MultiMap headers) {
    Buffer body = Buffer.buffer(encoded(form));
    return send(
        what,
        HttpMethod.POST,
        uri,
        request -> {
          request.headers().addAll(headers);
          request
              .putHeader(HttpHeaders.CONTENT_TYPE, "application/x-www-form-urlencoded")
              .putHeader(HttpHeaders.ACCEPT, "application/json");
          return request.send(body);
        });
  }

  static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> encoded(field.getKey()) + '=' + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private Future<Answer> send(
      String what,
      HttpMethod method,
      String uri,
      Function<HttpClientRequest, Future<HttpClientResponse>> sending) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(method)
            .setAbsoluteURI(uri)
            .setFollowRedirects(false)
            .setTimeout(patience.toMillis());
    return client
        .request(options)
        .compose(
            request ->
                sending
                    .apply(request)
                    .compose(response -> read(what, response))
                    // However slowly it drips, and whatever else it does.
                    .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .onFailure(failure -> request.reset()));
  }

  private static Future<Answer> read(String what, HttpClientResponse response) {
    return BoundedBody.of(
            response,
            MOST_BYTES,
            () ->
                VertxException.noStackTrace(what + " answered more than " + MOST_BYTES + " bytes"))
        .map(body -> new Answer(response.statusCode(), body.toString()));
  }
}
