package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.Parsed;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What a careless proxy does in the place of a step, to show what the step is for: reads a request
 * its own way, decides on that, and relays what came.
 */
final class CarelessSteps {

  private CarelessSteps() {}

  /** The gateway's steps without one of them. */
  static UnaryOperator<List<Step>> without(
      String step, DataPlaneFixture fixture, dev.ephemeris.gateway.lease.Lease anyone) {
    return steps ->
        steps.stream()
            .map(
                original ->
                    switch (step) {
                      case "parse" ->
                          original instanceof Parse
                              ? (Step) CarelessSteps::readCarelessly
                              : original instanceof Forward ? relay(fixture) : original;
                      case "authenticate" ->
                          original instanceof Authenticate authenticate
                              ? trustEverybody(authenticate, anyone)
                              : original;
                      case "resolve" ->
                          original instanceof Resolve
                              ? (Step) CarelessSteps::takeAsNames
                              : original;
                      case "decide" ->
                          original instanceof Decide ? (Step) CarelessSteps::allow : original;
                      case "guard" ->
                          original instanceof Guard ? (Step) CarelessSteps::readAnyBody : original;
                      case "forward" -> original instanceof Forward ? relay(fixture) : original;
                      case "rewrite" ->
                          original instanceof Rewrite ? (Step) CarelessSteps::giveBack : original;
                      default -> throw new IllegalArgumentException(step);
                    })
            .toList();
  }

  /** Names by their place in the path, the first of several headers, the method of the line. */
  private static Future<Verdict> readCarelessly(Exchange exchange) {
    HttpServerRequest incoming = exchange.incoming();
    List<String> segments = List.of(incoming.uri().substring(1).split("/", -1));
    boolean database = segments.size() > 1 && segments.get(0).equals("dbs");
    boolean container = database && segments.size() > 3 && segments.get(2).equals("colls");
    boolean item = container && segments.size() > 5 && segments.get(4).equals("docs");
    Verb verb = Verb.valueOf(incoming.method().name());
    boolean upsert = "True".equals(incoming.getHeader(CosmosHeaders.IS_UPSERT));
    boolean docs = container && segments.size() == 5 && segments.get(4).equals("docs");
    Operation operation =
        item
            ? Operation.READ_ITEM
            : docs
                ? upsert ? Operation.UPSERT_ITEM : Operation.CREATE_ITEM
                : container ? Operation.READ_CONTAINER : Operation.READ_DATABASE;
    if (upsert && incoming.headers().contains(CosmosHeaders.IS_QUERY)) {
      operation = Operation.CREATE_ITEM; // looks at one selector only
    }
    Parsed credential =
        CosmosRequest.parse(
            "GET",
            "/",
            List.of(
                Map.entry("authorization", String.valueOf(incoming.getHeader("authorization")))));
    CosmosRequest request = (CosmosRequest) credential;
    Address address =
        item
            ? Address.child(segments.get(1), segments.get(3), "x")
            : container
                ? Address.container(segments.get(1), segments.get(3))
                : database ? Address.database(segments.get(1)) : Address.account();
    exchange.request(
        new CosmosRequest(
            verb,
            operation,
            item || docs
                ? ResourceType.ITEM
                : container ? ResourceType.CONTAINER : ResourceType.DATABASE,
            address,
            request.authorization(),
            request.date(),
            java.util.Optional.empty(),
            request.headers()));
    return Verdict.PROCEED;
  }

  private static Step trustEverybody(
      Authenticate authenticate, dev.ephemeris.gateway.lease.Lease anyone) {
    return exchange -> {
      exchange.authenticated(
          anyone,
          java.util.Objects.requireNonNull(authenticate.upstream(anyone)),
          new HostNames.Host.Gateway("localhost"));
      return Verdict.PROCEED;
    };
  }

  private static Future<Verdict> takeAsNames(Exchange exchange) {
    exchange.address(exchange.request().address());
    return Verdict.PROCEED;
  }

  private static Future<Verdict> allow(Exchange exchange) {
    exchange.allowed(
        new Exchange.Allowed(
            DataActions.of(exchange.request(), exchange.request().address()),
            exchange.lease().scope(),
            exchange.lease().rule(),
            dev.ephemeris.policy.Limits.NONE));
    return Verdict.PROCEED;
  }

  private static Future<Verdict> readAnyBody(Exchange exchange) {
    return RequestBody.read(exchange.incoming(), Integer.MAX_VALUE)
        .map(
            body -> {
              exchange.body(body.orElseThrow());
              return (Verdict) new Verdict.Proceed();
            });
  }

  /** Sends on what came: target and headers as they are, signed as the service reads the path. */
  private static Step relay(DataPlaneFixture fixture) {
    return exchange -> {
      HttpServerRequest incoming = exchange.incoming();
      URI upstream = fixture.simulator().endpoint();
      HttpClient client = fixture.client();
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.valueOf(incoming.method().name()))
              .setHost(upstream.getHost())
              .setPort(upstream.getPort())
              .setSsl(true)
              .setURI(incoming.uri());
      String date = HttpDate.format(Instant.now());
      return client
          .request(options)
          .compose(
              request -> {
                incoming.headers().forEach(h -> request.headers().add(h.getKey(), h.getValue()));
                request.headers().remove("host").remove("authorization").remove("connection");
                request.headers().remove("content-length");
                String[] signed = signedAs(incoming.uri());
                request.putHeader("x-ms-date", date);
                request.putHeader(
                    "authorization",
                    URLEncoder.encode(
                        "type=master&ver=1.0&sig="
                            + MasterKey.ofBase64(DataPlaneFixture.UPSTREAM_KEY)
                                .sign(incoming.method().name(), signed[0], signed[1], date),
                        StandardCharsets.UTF_8));
                Buffer body = exchange.body();
                return body.length() == 0 ? request.send() : request.send(body);
              })
          .map(
              answer -> {
                exchange.answer(answer);
                return (Verdict) new Verdict.Proceed();
              });
    };
  }

  /** Resource type and link as the most lenient of services would read them. */
  private static String[] signedAs(String target) {
    String path = target.split("\\?", 2)[0];
    if (path.startsWith("/addresses")) {
      return new String[] {"docs", "dbs/shop/colls/orders"};
    }
    String decoded =
        URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8).replace('\\', '/');
    List<String> segments = new ArrayList<>();
    for (String segment : decoded.split("/", -1)) {
      if (segment.equals("..")) {
        segments.removeLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    for (int i = 0; i < segments.size(); i += 2) {
      segments.set(i, segments.get(i).toLowerCase(Locale.ROOT));
    }
    boolean feed = segments.size() % 2 == 1;
    String type = segments.isEmpty() ? "" : segments.get(segments.size() - (feed ? 1 : 2));
    List<String> link = feed ? segments.subList(0, segments.size() - 1) : segments;
    return new String[] {type, String.join("/", link)};
  }

  private static Future<Verdict> giveBack(Exchange exchange) {
    HttpClientResponse answer = exchange.answer();
    exchange.response().setStatusCode(answer.statusCode());
    answer
        .headers()
        .forEach(header -> exchange.response().headers().add(header.getKey(), header.getValue()));
    return answer
        .body()
        .compose(body -> exchange.response().end(body))
        .map(end -> (Verdict) new Verdict.Proceed());
  }
}
