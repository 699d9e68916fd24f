package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Seal;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.Position;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lists a page at a time. A cursor says after what a list goes on; it is sealed, and counts for
 * whom it was given to, for the list that it was of, and as that was asked for.
 */
final class Pages {

  private static final String LIMIT = "limit";
  private static final String CURSOR = "cursor";

  /** How many are on a page where nobody says. */
  private static final int USUAL = 200;

  private final Seal seal;

  Pages(Seal seal) {
    this.seal = seal;
  }

  /** A page of a list. The future fails if it can't be read. */
  interface Source<T> {
    Future<Page<T>> page(PageWanted wanted);
  }

  /**
   * Answers with a page of a list under its name.
   *
   * @param of what the list is asked for by beside its page, by the parameter's name
   */
  <T> void answer(
      RoutingContext context,
      String name,
      Map<String, String> of,
      Source<T> source,
      Function<T, JsonObject> json) {
    PageWanted wanted;
    try {
      wanted = wanted(context, of);
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    source
        .page(wanted)
        .onSuccess(page -> answer(context, name, of, wanted, page, json))
        .onFailure(context::fail);
  }

  private <T> void answer(
      RoutingContext context,
      String name,
      Map<String, String> of,
      PageWanted wanted,
      Page<T> page,
      Function<T, JsonObject> json) {
    JsonArray list = new JsonArray();
    page.entries().forEach(entry -> list.add(json.apply(entry)));
    JsonObject body = new JsonObject().put(name, list);
    page.next()
        .ifPresent(
            last -> {
              String cursor = cursor(context, of, last);
              body.put("next", cursor);
              context.response().putHeader("link", link(context, of, wanted.most(), cursor));
            });
    Answer.of(body).send(context);
  }

  /** RFC 8288 §3: the same list, from there on. */
  private static String link(
      RoutingContext context, Map<String, String> of, int most, String cursor) {
    String query =
        Stream.concat(
                of.entrySet().stream(),
                Stream.of(Map.entry(LIMIT, Integer.toString(most)), Map.entry(CURSOR, cursor)))
            .map(
                each ->
                    each.getKey()
                        + "="
                        + URLEncoder.encode(each.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return "<" + context.normalizedPath() + "?" + query + ">; rel=\"next\"";
  }

  /**
   * @throws IllegalArgumentException if the cursor wasn't given to the caller for this
   */
  private PageWanted wanted(RoutingContext context, Map<String, String> of) {
    int most = parameter(context, LIMIT).map(Integer::parseInt).orElse(USUAL);
    return new PageWanted(
        parameter(context, CURSOR).map(cursor -> position(context, of, cursor)), most);
  }

  /** Whoever asks for two of them asks for neither. */
  private static Optional<String> parameter(RoutingContext context, String name) {
    List<String> given = context.queryParam(name);
    if (given.size() > 1) {
      throw new IllegalArgumentException("There is more than one " + name + ".");
    }
    return given.stream().findFirst();
  }

  private String cursor(RoutingContext context, Map<String, String> of, Position last) {
    return seal.seal(Database.micros(last.at()) + "\n" + last.id(), about(context, of));
  }

  private Position position(RoutingContext context, Map<String, String> of, String cursor) {
    String[] parts =
        seal.unseal(cursor, about(context, of))
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The cursor wasn't given to you for this list, or is too old. Ask without"
                            + " one, which begins with the newest."))
            .split("\n", 2);
    return new Position(Database.instant(Long.parseLong(parts[0])), parts[1]);
  }

  private static List<String> about(RoutingContext context, Map<String, String> of) {
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    List<String> about =
        new ArrayList<>(
            List.of(
                context.normalizedPath(),
                caller.principal().id().issuer(),
                caller.principal().id().subject()));
    of.forEach((name, value) -> about.addAll(List.of(name, value)));
    return about;
  }
}
