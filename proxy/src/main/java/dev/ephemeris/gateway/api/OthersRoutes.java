package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Everybody's leases and blocks, for those who run the gateway: {@link Authorize} stands before
 * each of these, as the contract says.
 */
final class OthersRoutes {

  private final Leases leases;
  private final InstantSource clock;

  OthersRoutes(Leases leases, InstantSource clock) {
    this.leases = leases;
    this.clock = clock;
  }

  void leases(RoutingContext context) {
    list(
        context,
        "leases",
        leases::all,
        leases::of,
        lease ->
            LeaseJson.of(lease, clock.instant()).put("principal", lease.principal().toString()));
  }

  void revoke(RoutingContext context) {
    Optional<LeaseId> lease = LeaseId.parse(context.pathParam("leaseId"));
    LeaseRoutes.ended(
        context,
        lease.isEmpty()
            ? Future.succeededFuture(false)
            : leases.revokeAny(lease.get(), caller(context)),
        "There is no lease of this id.");
  }

  void blocks(RoutingContext context) {
    list(
        context,
        "blocks",
        leases::allBlocks,
        leases::blocks,
        block ->
            LeaseJson.of(block)
                .put("principal", block.principal().toString())
                .put("madeBy", block.madeBy().toString()));
  }

  void lift(RoutingContext context) {
    LeaseRoutes.ended(
        context,
        leases.liftAny(context.pathParam("blockId"), caller(context)),
        "There is no block of this id.");
  }

  private static <T> void list(
      RoutingContext context,
      String name,
      Supplier<Future<List<T>>> all,
      Function<PrincipalId, Future<List<T>>> of,
      Function<T, JsonObject> json) {
    Optional<PrincipalId> whose;
    try {
      whose = principal(context.queryParam("principal"));
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    LeaseRoutes.list(context, name, whose.map(of).orElseGet(all), json);
  }

  /** Never everybody where somebody was asked for. */
  private static Optional<PrincipalId> principal(List<String> given) {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    String[] parts = given.getFirst().split(":", 2);
    if (given.size() > 1 || parts.length < 2) {
      throw new IllegalArgumentException("expected one principal, as issuer:subject");
    }
    return Optional.of(new PrincipalId(parts[0], parts[1]));
  }

  private static PrincipalId caller(RoutingContext context) {
    return BearerAuthentication.caller(context).principal().id();
  }
}
