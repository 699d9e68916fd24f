package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.ephemeris.config.Backstage;
import dev.ephemeris.gateway.http.BoundedBody;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the whole of a Backstage's catalog that means something here, page by page: {@code GET
 * /api/catalog/entities/by-query}. What hasn't changed isn't sent again: with {@code fields=}
 * Backstage gives each page an ETag.
 *
 * <p>The token goes to the configured address and nowhere else: no redirect is followed. For one
 * reading at a time, on one context.
 */
final class BackstageClient {

  /** Why an answer is none: one sentence for an operator, with nothing secret in it. */
  static final class NoAnswerException extends Exception {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  /**
   * Without limits of its own: whoever registers an entity must not be able to have a page refused.
   * How long one is has a limit, and nothing here goes down into what is nested.
   */
  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(Integer.MAX_VALUE)
                          .maxNameLength(Integer.MAX_VALUE)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .build())
                  .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final String FIELDS =
      "kind,metadata.name,metadata.namespace,metadata.annotations,"
          + "spec.memberOf,spec.members,spec.parent,spec.children,spec.owner,spec.profile.email";

  private static final int CONNECT_WITHIN_MS = 5_000;
  private static final int SMALL_PAGE = 500;
  private static final int MOST_PAGES = 400;

  /** Of a cursor, which travels in the next request's first line. */
  private static final int LONGEST_CURSOR = 6_000;

  /**
   * What a reading may take.
   *
   * @param pageSize how many entities are asked for at once
   * @param pageBytes the longest page that is read
   * @param timeMs how long all pages together may take
   */
  record Limits(int pageSize, int pageBytes, long timeMs) {
    static final Limits USUAL = new Limits(SMALL_PAGE, 16 * 1024 * 1024, 60_000);
  }

  private final Vertx vertx;
  private final HttpClient client;
  private final URI base;
  private final Limits limits;

  /** The pages of the last whole answer, by the request that each answers. */
  private Map<String, Page> known = Map.of();

  BackstageClient(Vertx vertx, Backstage settings, Limits limits) {
    this.vertx = vertx;
    this.base = settings.baseUrl().uri();
    this.limits = limits;
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl("https".equals(base.getScheme()))
            .setVerifyHost(true)
            .setConnectTimeout(CONNECT_WITHIN_MS)
            .setDecompressionSupported(false)
            .setKeepAliveTimeout(5);
    settings
        .caCertificate()
        .ifPresent(ca -> options.setTrustOptions(new PemTrustOptions().addCertPath(ca.toString())));
    this.client = vertx.createHttpClient(options);
  }

  private record Page(
      Optional<String> etag, List<JsonNode> items, Optional<String> next, OptionalInt total) {}

  /**
   * All entities there are now. Fails with {@link NoAnswerException} if Backstage doesn't say, or
   * says what can't be all.
   *
   * @param token a bearer token for it
   */
  Future<List<JsonNode>> read(String token) {
    Reading reading = new Reading(token, System.nanoTime() + limits.timeMs() * 1_000_000);
    return reading
        .from(first())
        .map(
            all -> {
              known = Map.copyOf(reading.pages);
              return all;
            });
  }

  private String first() {
    return query(
        Stream.concat(
            Stream.of("filter=kind=user", "filter=kind=group"),
            Stream.of("resource", "component")
                .flatMap(
                    kind ->
                        Entity.MEANING.stream()
                            .map(
                                annotation ->
                                    "kind=" + kind + ",metadata.annotations." + annotation))
                .map(filter -> "filter=" + encoded(filter))));
  }

  private String after(String cursor) {
    return query(Stream.of("cursor=" + encoded(cursor)));
  }

  private String query(Stream<String> parameters) {
    return base.getRawPath()
        + "api/catalog/entities/by-query?"
        + Stream.concat(
                parameters, Stream.of("limit=" + limits.pageSize(), "fields=" + encoded(FIELDS)))
            .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** One reading of all pages. */
  private final class Reading {

    private final String token;
    private final long deadline;
    private final Map<String, Page> pages = new HashMap<>();
    private final List<JsonNode> items = new ArrayList<>();
    private OptionalInt total = OptionalInt.empty();

    Reading(String token, long deadline) {
      this.token = token;
      this.deadline = deadline;
    }

    Future<List<JsonNode>> from(String uri) {
      return page(uri)
          .compose(
              page -> {
                if (pages.put(uri, page) != null || pages.size() > MOST_PAGES) {
                  return no("its pages don't come to an end");
                }
                if (total.isEmpty()) {
                  total = page.total();
                }
                items.addAll(page.items());
                if (page.next().isPresent()) {
                  return from(after(page.next().get()));
                }
                // Less than all may lack those whom a rule denies something.
                return total.isPresent() && total.getAsInt() != items.size()
                    ? no("it has " + total.getAsInt() + " entities and sent " + items.size())
                    : Future.succeededFuture(List.copyOf(items));
              });
    }

    private Future<Page> page(String uri) {
      long leftMs = (deadline - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return late();
      }
      Optional<Page> before = Optional.ofNullable(known.get(uri));
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.GET)
              .setHost(base.getHost())
              .setPort(port())
              .setSsl("https".equals(base.getScheme()))
              .setURI(uri)
              .setFollowRedirects(false)
              .putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token)
              .putHeader(HttpHeaders.ACCEPT, "application/json");
      before
          .flatMap(Page::etag)
          .ifPresent(etag -> options.putHeader(HttpHeaders.IF_NONE_MATCH, etag));
      Promise<Page> answered = Promise.promise();
      client
          .request(options)
          .onFailure(e -> answered.tryFail(new NoAnswerException(unreachable(e))))
          .onSuccess(
              request -> {
                long timer =
                    vertx.setTimer(
                        leftMs,
                        late -> {
                          answered.tryFail(new NoAnswerException(LATE));
                          request.reset();
                        });
                answered.future().onComplete(done -> vertx.cancelTimer(timer));
                request
                    .send()
                    .compose(response -> page(request, response, before))
                    .onComplete(
                        done -> {
                          if (done.succeeded()) {
                            answered.tryComplete(done.result());
                          } else {
                            answered.tryFail(
                                done.cause() instanceof NoAnswerException no
                                    ? no
                                    : new NoAnswerException(unreachable(done.cause())));
                          }
                        });
              });
      return answered.future();
    }

    private Future<Page> page(
        HttpClientRequest request, HttpClientResponse response, Optional<Page> before) {
      int status = response.statusCode();
      if (status == 304 && before.isPresent()) {
        return Future.succeededFuture(before.get());
      }
      if (status != 200) {
        response.exceptionHandler(reset -> {});
        request.reset();
        return no(
            switch (status) {
              case 401, 403 -> "it refuses the token (" + status + ")";
              default ->
                  status >= 300 && status < 400 && status != 304
                      ? "it redirects (" + status + "), where the token doesn't go"
                      : "it answers " + status;
            });
      }
      Optional<String> etag = Optional.ofNullable(response.getHeader(HttpHeaders.ETAG));
      return BoundedBody.of(
              response,
              limits.pageBytes(),
              () -> new NoAnswerException("a page is longer than " + limits.pageBytes() + " bytes"))
          .compose(bytes -> vertx.executeBlocking(() -> parsed(bytes, etag), false));
    }
  }

  private static final String LATE = "it takes too long";

  private static <T> Future<T> no(String why) {
    return Future.failedFuture(new NoAnswerException(why));
  }

  private static <T> Future<T> late() {
    return no(LATE);
  }

  private static String unreachable(Throwable e) {
    return "it can't be reached: " + e.getClass().getSimpleName();
  }

  private int port() {
    if (base.getPort() >= 0) {
      return base.getPort();
    }
    return "https".equals(base.getScheme()) ? 443 : 80;
  }

  private static Page parsed(Buffer bytes, Optional<String> etag) throws NoAnswerException {
    JsonNode json;
    try {
      json = JSON.readTree(bytes.getBytes());
    } catch (JsonProcessingException e) {
      throw new NoAnswerException("it answers what isn't JSON");
    } catch (IOException e) {
      throw new NoAnswerException("its answer can't be read");
    }
    JsonNode items = json.path("items");
    JsonNode info = json.path("pageInfo");
    JsonNode next = info.path("nextCursor");
    if (!items.isArray()
        || !info.isObject()
        || !(next.isMissingNode() || next.isTextual())
        || next.asText().length() > LONGEST_CURSOR) {
      throw new NoAnswerException("it answers what isn't a page of a catalog");
    }
    List<JsonNode> entities = new ArrayList<>();
    for (JsonNode item : items) {
      if (!item.isObject()) {
        throw new NoAnswerException("it answers what isn't a page of a catalog");
      }
      entities.add(item);
    }
    JsonNode total = json.path("totalItems");
    return new Page(
        etag,
        List.copyOf(entities),
        Optional.of(next.asText()).filter(cursor -> !cursor.isEmpty()),
        total.canConvertToInt() && total.isIntegralNumber()
            ? OptionalInt.of(total.intValue())
            : OptionalInt.empty());
  }
}
