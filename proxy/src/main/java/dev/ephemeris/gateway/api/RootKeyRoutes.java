package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.lease.RootKeys;
import dev.ephemeris.gateway.lease.RootKeys.Revocation;
import dev.ephemeris.gateway.lease.RootKeys.Rotation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;

/** Root keys, as those see them who turn them over; never the keys themselves. */
final class RootKeyRoutes {

  private final RootKeys rootKeys;

  RootKeyRoutes(RootKeys rootKeys) {
    this.rootKeys = rootKeys;
  }

  void list(RoutingContext context) {
    rootKeys
        .list()
        .onSuccess(
            keys -> {
              JsonArray all = new JsonArray();
              keys.forEach(key -> all.add(json(key)));
              Answer.of(new JsonObject().put("rootKeys", all)).send(context);
            })
        .onFailure(context::fail);
  }

  void rotate(RoutingContext context) {
    rootKeys
        .rotate(caller(context))
        .onSuccess(rotation -> answer(context, rotation))
        .onFailure(context::fail);
  }

  private static void answer(RoutingContext context, Rotation rotation) {
    switch (rotation) {
      case Rotation.Added(char kid, var derivesAt) ->
          Answer.of(
                  201,
                  new JsonObject()
                      .put("kid", String.valueOf(kid))
                      .put("derivesAt", derivesAt.toString()))
              .send(context);
      case Rotation.UnderWay(char kid, var derivesAt) ->
          Problem.of(
                  409,
                  "under-way",
                  "under way",
                  "There is a new root key already, “"
                      + kid
                      + "”, which derives from "
                      + derivesAt
                      + " on.")
              .send(context);
      case Rotation.ByHand by ->
          Problem.of(
                  409,
                  "by-hand",
                  "by hand",
                  "The configuration lists the root keys, and the gateway can't change it. Make"
                      + " another, with another kid; list it last, at every gateway, and restart"
                      + " each; then put it first, and restart each. Or have the gateway keep them,"
                      + " by rootKeyVault. docs/keys.md has both, step by step.")
              .send(context);
      case Rotation.NotMade(String why) ->
          Problem.unavailable("There is no new root key. " + why).send(context);
    }
  }

  void revoke(RoutingContext context) {
    char kid = context.pathParam("kid").charAt(0);
    rootKeys
        .revoke(kid, caller(context))
        .onSuccess(revocation -> answer(context, kid, revocation))
        .onFailure(context::fail);
  }

  private static void answer(RoutingContext context, char kid, Revocation revocation) {
    switch (revocation) {
      case Revocation.Revoked(int leases, boolean isListed) ->
          context.json(
              new JsonObject()
                  .put("kid", String.valueOf(kid))
                  .put("leases", leases)
                  .put("listed", isListed));
      case Revocation.Derives derives ->
          Problem.of(
                  409,
                  "derives",
                  "it derives",
                  "Leases are derived from root key “"
                      + kid
                      + "”, or are about to be; without it there would be none. First have another"
                      + " derive (ephemeris root-key rotate), and wait until it does.")
              .send(context);
      case Revocation.NotFound none ->
          Problem.notFound(
                  "The gateway has no root key “"
                      + kid
                      + "”. “ephemeris root-key list” has those that there are.")
              .send(context);
    }
  }

  private static String caller(RoutingContext context) {
    return BearerAuthentication.caller(context).principal().id().toString();
  }

  private static JsonObject json(RootKeys.Seen key) {
    JsonObject json =
        new JsonObject()
            .put("kid", String.valueOf(key.kid()))
            .put("from", key.inVault() ? "key-vault" : "file")
            .put("state", key.standing().name().toLowerCase(Locale.ROOT));
    key.derivesAt().ifPresent(at -> json.put("derivesAt", at.toString()));
    key.revokedAt().ifPresent(at -> json.put("revokedAt", at.toString()));
    json.put("leases", key.leases());
    key.lastLeaseEndsAt().ifPresent(at -> json.put("lastLeaseEndsAt", at.toString()));
    return json;
  }
}
