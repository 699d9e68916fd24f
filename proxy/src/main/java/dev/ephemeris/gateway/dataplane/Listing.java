package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Takes out of a list of databases, containers or offers what the caller may not see. */
final class Listing {

  private final Access access;

  Listing(Access access) {
    this.access = access;
  }

  static boolean isOne(Operation operation) {
    return switch (operation) {
      case LIST_DATABASES,
          QUERY_DATABASES,
          LIST_CONTAINERS,
          QUERY_CONTAINERS,
          LIST_OFFERS,
          QUERY_OFFERS ->
          true;
      default -> false;
    };
  }

  /** The page of the list with what is left. */
  Future<JsonObject> filtered(Exchange exchange, JsonObject page) {
    return switch (exchange.request().operation()) {
      case LIST_DATABASES, QUERY_DATABASES ->
          left(page, "Databases", entry -> Future.succeededFuture(database(exchange, entry)));
      case LIST_CONTAINERS, QUERY_CONTAINERS ->
          left(
              page,
              "DocumentCollections",
              entry -> Future.succeededFuture(container(exchange, entry)));
      default -> left(page, "Offers", entry -> offer(exchange, entry));
    };
  }

  /** Tells whether an entry is the caller's to see. */
  private interface Visible {
    Future<Boolean> is(JsonObject entry);
  }

  private static Future<JsonObject> left(JsonObject page, String property, Visible visible) {
    List<JsonObject> entries =
        page.getJsonArray(property, new JsonArray()).stream()
            .filter(JsonObject.class::isInstance)
            .map(JsonObject.class::cast)
            .toList();
    List<Future<Boolean>> shown = entries.stream().map(visible::is).toList();
    return Future.all(shown)
        .map(
            all -> {
              JsonArray left = new JsonArray();
              for (int i = 0; i < entries.size(); i++) {
                if (shown.get(i).result()) {
                  left.add(entries.get(i));
                }
              }
              return new JsonObject()
                  .put("_rid", page.getString("_rid", ""))
                  .put(property, left)
                  .put("_count", left.size());
            });
  }

  /** Of a lease on something in it, a database is shown too. */
  private boolean database(Exchange exchange, JsonObject entry) {
    Lease lease = exchange.lease();
    return Decide.scope(lease, Optional.of(entry.getString("id", "")), Optional.empty())
        .map(found -> found.covers(lease.scope()) ? lease.scope() : found)
        .filter(scope -> may(exchange, Action.READ_METADATA, scope))
        .isPresent();
  }

  private boolean container(Exchange exchange, JsonObject entry) {
    Lease lease = exchange.lease();
    return Decide.scope(
            lease, exchange.address().database(), Optional.of(entry.getString("id", "")))
        .filter(scope -> may(exchange, Action.READ_METADATA, scope))
        .isPresent();
  }

  private Future<Boolean> offer(Exchange exchange, JsonObject entry) {
    return exchange
        .upstream()
        .rids()
        .resolve(entry.getString("resource", ""))
        .map(name -> name.filter(of -> mayReadThroughput(exchange, of)).isPresent());
  }

  private boolean mayReadThroughput(Exchange exchange, Address of) {
    return Decide.scope(exchange.lease(), of.database(), of.container())
        .filter(
            scope -> may(exchange, DataActions.readThroughput(of.container().isPresent()), scope))
        .isPresent();
  }

  private boolean may(Exchange exchange, Action action, Scope scope) {
    return access.to(Access.Shown.in(exchange), action, scope) instanceof Access.Answer.Yes;
  }
}
