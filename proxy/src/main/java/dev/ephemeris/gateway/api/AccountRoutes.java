package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.custody.KeyState;
import dev.ephemeris.gateway.custody.Rotations;
import dev.ephemeris.gateway.custody.Rotations.Start;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** The keys of accounts, as those see them who may turn them over. */
final class AccountRoutes {

  private final Rotations rotations;

  AccountRoutes(Rotations rotations) {
    this.rotations = rotations;
  }

  void readKeys(RoutingContext context) {
    rotations
        .of(context.pathParam("account"))
        .onSuccess(
            state ->
                state.ifPresentOrElse(found -> context.json(json(found)), () -> notOurs(context)))
        .onFailure(context::fail);
  }

  void rotate(RoutingContext context) {
    String account = context.pathParam("account");
    boolean cutOffOthers = context.body().asJsonObject().getBoolean("cutOffOthers", false);
    String by = BearerAuthentication.caller(context).principal().id().toString();
    rotations
        .of(account)
        .compose(
            state -> {
              if (state.isPresent() && state.get().isUntouched() && !cutOffOthers) {
                Problem.of(
                        409,
                        "not-confirmed",
                        "not confirmed",
                        "The gateway has never turned over the keys of “"
                            + account
                            + "”, and whoever else has one is cut off by it. Look who that is, and"
                            + " then say cutOffOthers (ephemeris account rotate --cut-off-others).")
                    .send(context);
                return Future.succeededFuture();
              }
              return rotations.start(account, by).onSuccess(start -> answer(context, start));
            })
        .onFailure(context::fail);
  }

  void panic(RoutingContext context) {
    String account = context.pathParam("account");
    if (!context.body().asJsonObject().getBoolean("cutOffOthers", false)) {
      Problem.of(
              409,
              "not-confirmed",
              "not confirmed",
              "A panic makes all keys of “"
                  + account
                  + "” anew and waits for nobody: whoever else has one is cut off, and so may be"
                  + " who has a resource token. Say cutOffOthers if you mean it (ephemeris account"
                  + " panic --cut-off-others).")
          .send(context);
      return;
    }
    rotations
        .panic(account, BearerAuthentication.caller(context).principal().id().toString())
        .onSuccess(start -> answer(context, start))
        .onFailure(context::fail);
  }

  private static void answer(RoutingContext context, Start start) {
    switch (start) {
      case Start.Started(KeyState state) -> {
        context.response().setStatusCode(202);
        context.json(json(state));
      }
      case Start.UnderWay(KeyState state) ->
          Problem.of(
                  409,
                  "under-way",
                  "under way",
                  "The keys of “"
                      + state.account()
                      + "” are being turned over "
                      + (state.isPanicking() ? "in a panic " : "")
                      + "already: “ephemeris account keys "
                      + state.account()
                      + "” says where that is.")
              .send(context);
      case Start.NotOurs() -> notOurs(context);
    }
  }

  private static void notOurs(RoutingContext context) {
    Problem.notFound(
            "The gateway doesn't turn over keys of an account “"
                + context.pathParam("account")
                + "”. It does so for accounts whose configuration has keys and resourceId.")
        .send(context);
  }

  private static JsonObject json(KeyState state) {
    JsonObject json =
        new JsonObject().put("account", state.account()).put("inUse", state.inUse().toString());
    state.inUseSince().ifPresent(at -> json.put("inUseSince", at.toString()));
    state.rotatedAt().ifPresent(at -> json.put("rotatedAt", at.toString()));
    state
        .rotation()
        .ifPresent(
            run -> {
              JsonObject rotation =
                  new JsonObject()
                      .put("step", run.step().toString())
                      .put("dueAt", run.dueAt().toString())
                      .put("startedAt", run.startedAt().toString())
                      .put("startedBy", run.startedBy())
                      .put("panic", state.isPanicking());
              run.failure().ifPresent(why -> rotation.put("failure", why));
              json.put("rotation", rotation);
            });
    state.panic().ifPresent(panic -> json.put("panic", json(panic)));
    return json;
  }

  private static JsonObject json(KeyState.Panic panic) {
    JsonObject json =
        new JsonObject()
            .put("startedAt", panic.startedAt().toString())
            .put("startedBy", panic.startedBy());
    panic.tokensWorkUntil().ifPresent(until -> json.put("tokensWorkUntil", until.toString()));
    panic
        .sighting()
        .ifPresent(
            seen -> {
              json.put("tokens", seen.fate().toString());
              seen.reason().ifPresent(why -> json.put("reason", why));
            });
    return json;
  }
}
