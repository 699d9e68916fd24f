package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.cosmos.RequestHeaders;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Triggers;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Limits;
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
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a careless proxy does in the place of a step, to show what the step is for: reads a request
 * its own way, decides on that, and relays what came.
 */
final class CarelessSteps {

  /** The steps that stop attempts. What else the chain has keeps records and limits nobody. */
  static final List<String> NAMES =
      List.of(
          "parse",
          "authenticate",
          "resolve",
          "decide",
          "confine",
          "guard",
          "continue",
          "batch",
          "budget",
          "forward",
          "rewrite");

  private CarelessSteps() {}

  /**
   * The gateway's steps without one of them.
   *
   * @param account where {@link #relay} sends to
   * @param anyone whose lease everybody has where nobody authenticates
   */
  static UnaryOperator<List<Step>> without(
      String step, HttpClient client, URI account, Lease anyone) {
    Step relay = relay(client, account);
    return steps ->
        steps.stream()
            .map(
                original ->
                    switch (step) {
                      // Who doesn't read a request can't write it anew either.
                      case "parse" ->
                          original instanceof Parse
                              ? (Step) CarelessSteps::readCarelessly
                              : original instanceof Forward ? relay : original;
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
                      case "confine" -> leftOut(Confine.class, original);
                      case "guard" ->
                          original instanceof Guard ? (Step) CarelessSteps::readAnyBody : original;
                      case "continue" -> leftOut(Continue.class, original);
                      case "batch" -> leftOut(DecideBatch.class, original);
                      case "budget" -> leftOut(WithinBudget.class, original);
                      case "forward" -> original instanceof Forward ? relay : original;
                      case "rewrite" ->
                          original instanceof Rewrite ? (Step) CarelessSteps::giveBack : original;
                      default -> throw new IllegalArgumentException(step);
                    })
            .toList();
  }

  private static Step leftOut(Class<? extends Step> left, Step original) {
    return left.isInstance(original) ? exchange -> Verdict.PROCEED : original;
  }

  /**
   * Names by their place in the path, the first of several headers, the method of the line; what it
   * can't make anything of is about the account.
   */
  private static Future<Verdict> readCarelessly(Exchange exchange) {
    HttpServerRequest incoming = exchange.incoming();
    List<String> segments = List.of(incoming.uri().substring(1).split("/", -1));
    Verb verb =
        Arrays.stream(Verb.values())
            .filter(known -> known.name().equals(incoming.method().name()))
            .findFirst()
            .orElse(Verb.GET);
    Address address = address(segments);
    boolean docs = address.container().isPresent() && isAt(segments, 4, "docs");
    boolean item = docs && segments.size() > 5;
    exchange.request(
        new CosmosRequest(
            verb,
            docs
                ? item ? onItem(verb) : onItems(incoming, verb)
                : address.container().isPresent()
                    ? Operation.READ_CONTAINER
                    : Operation.READ_DATABASE,
            docs
                ? ResourceType.ITEM
                : address.container().isPresent() ? ResourceType.CONTAINER : ResourceType.DATABASE,
            address,
            ((CosmosRequest) CosmosRequest.parse("GET", "/", credential(incoming))).authorization(),
            Optional.ofNullable(incoming.getHeader(CosmosHeaders.DATE)),
            Optional.ofNullable(incoming.getHeader(CosmosHeaders.PARTITION_KEY))
                .flatMap(PartitionKey::parse),
            new Triggers(List.of(), List.of()),
            new RequestHeaders(List.of())));
    return Verdict.PROCEED;
  }

  private static List<Map.Entry<String, String>> credential(HttpServerRequest incoming) {
    return List.of(
        Map.entry(
            CosmosHeaders.AUTHORIZATION,
            String.valueOf(incoming.getHeader(CosmosHeaders.AUTHORIZATION))));
  }

  private static Address address(List<String> segments) {
    try {
      boolean database = isAt(segments, 0, "dbs") && segments.size() > 1;
      return database && isAt(segments, 2, "colls") && segments.size() > 3
          ? Address.container(segments.get(1), segments.get(3))
          : database ? Address.database(segments.get(1)) : Address.account();
    } catch (IllegalArgumentException noName) {
      return Address.account();
    }
  }

  private static boolean isAt(List<String> segments, int index, String literal) {
    return segments.size() > index && segments.get(index).equals(literal);
  }

  private static Operation onItem(Verb verb) {
    return switch (verb) {
      case GET, HEAD, POST -> Operation.READ_ITEM;
      case PUT -> Operation.REPLACE_ITEM;
      case PATCH -> Operation.PATCH_ITEM;
      case DELETE -> Operation.DELETE_ITEM;
    };
  }

  /** Knows one header that makes a request another one, and looks whether it is the only one. */
  private static Operation onItems(HttpServerRequest incoming, Verb verb) {
    if (verb != Verb.POST) {
      return Operation.READ_ITEM_FEED;
    }
    return "True".equals(incoming.getHeader(CosmosHeaders.IS_UPSERT))
            && !incoming.headers().contains(CosmosHeaders.IS_QUERY)
            && !incoming.headers().contains(CosmosHeaders.IS_BATCH)
        ? Operation.UPSERT_ITEM
        : Operation.CREATE_ITEM;
  }

  private static Step trustEverybody(Authenticate authenticate, Lease anyone) {
    return exchange -> {
      exchange.authenticated(
          anyone,
          Objects.requireNonNull(authenticate.upstream(anyone)),
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
            DataActions.of(exchange.request(), exchange.subject()),
            exchange.lease().scope(),
            exchange.lease().rule(),
            Limits.NONE,
            List.of()));
    return Verdict.PROCEED;
  }

  private static Future<Verdict> readAnyBody(Exchange exchange) {
    if (!RequestBody.isAnnounced(exchange.incoming())) {
      return Verdict.PROCEED;
    }
    return RequestBody.read(exchange.incoming(), Integer.MAX_VALUE)
        .map(
            body -> {
              exchange.body(body.orElseThrow());
              return (Verdict) new Verdict.Proceed();
            });
  }

  /** Sends on what came: target and headers as they are, signed as the service reads the path. */
  private static Step relay(HttpClient client, URI account) {
    return exchange -> {
      HttpServerRequest incoming = exchange.incoming();
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.valueOf(incoming.method().name()))
              .setHost(account.getHost())
              .setPort(account.getPort())
              .setSsl(true)
              .setURI(incoming.uri());
      String date = HttpDate.format(Instant.now());
      return client
          .request(options)
          .compose(
              request -> {
                incoming.headers().forEach(h -> request.headers().add(h.getKey(), h.getValue()));
                for (String ownOfEachHop :
                    List.of(
                        "host",
                        "authorization",
                        "connection",
                        "content-length",
                        "transfer-encoding")) {
                  request.headers().remove(ownOfEachHop);
                }
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
      return target.contains("$resolveFor=")
          ? new String[] {"docs", "dbs/shop/colls/orders"}
          : new String[] {"", ""};
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
