package dev.ephemeris.gateway.api;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.account.AccountInForce;
import dev.ephemeris.gateway.account.AccountsInForce;
import dev.ephemeris.gateway.account.AddedAccounts;
import dev.ephemeris.gateway.account.FoundAccounts;
import dev.ephemeris.gateway.account.Origin;
import dev.ephemeris.gateway.custody.KeyState;
import dev.ephemeris.gateway.custody.KeyUsers;
import dev.ephemeris.gateway.custody.Rotations;
import dev.ephemeris.gateway.custody.Rotations.Start;
import dev.ephemeris.gateway.posture.Examination;
import dev.ephemeris.gateway.posture.Finding;
import dev.ephemeris.gateway.posture.Posture;
import dev.ephemeris.policy.Lane;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Accounts, as those see them who look after them. */
final class AccountRoutes {

  /** How far back is looked where nobody says. */
  private static final int DAYS = 7;

  private final AccountsInForce accounts;
  private final FoundAccounts found;
  private final AddedAccounts added;
  private final Rotations rotations;
  private final KeyUsers users;
  private final Examination examination;

  AccountRoutes(
      AccountsInForce accounts,
      FoundAccounts found,
      AddedAccounts added,
      Rotations rotations,
      KeyUsers users,
      Examination examination) {
    this.accounts = accounts;
    this.found = found;
    this.added = added;
    this.rotations = rotations;
    this.users = users;
    this.examination = examination;
  }

  void list(RoutingContext context) {
    Answer.of(all()).send(context);
  }

  private JsonObject all() {
    JsonArray all = new JsonArray();
    accounts.now().stream()
        .sorted(Comparator.comparing(AccountInForce::name))
        .forEach(account -> all.add(json(account)));
    JsonArray notices = new JsonArray();
    Stream.concat(accounts.notices().stream(), found.notices().stream()).forEach(notices::add);
    return new JsonObject().put("accounts", all).put("notices", notices);
  }

  void read(RoutingContext context) {
    find(context.pathParam("account"))
        .ifPresentOrElse(account -> Answer.of(json(account)).send(context), () -> unknown(context));
  }

  private Optional<AccountInForce> find(String name) {
    return accounts.now().stream().filter(account -> account.name().equals(name)).findFirst();
  }

  void add(RoutingContext context) {
    JsonObject wanted = context.body().asJsonObject();
    ResourceId id;
    Instant endsAt;
    try {
      id = ResourceId.parse(wanted.getString("resourceId"));
      endsAt = OffsetDateTime.parse(wanted.getString("endsAt")).toInstant();
    } catch (IllegalArgumentException e) {
      Problem.malformed("resourceId: " + e.getMessage() + ".").send(context);
      return;
    } catch (DateTimeParseException e) {
      Problem.malformed("endsAt: expected a time such as 2026-12-01T09:00:00Z.").send(context);
      return;
    }
    added
        .add(
            id,
            wanted.getString("environment"),
            endsAt,
            caller(context),
            () -> ETag.of(all()).isAsSeenBy(context))
        .onSuccess(answer -> answer(context, answer))
        .onFailure(context::fail);
  }

  void remove(RoutingContext context) {
    added
        .remove(
            context.pathParam("account"),
            caller(context),
            () ->
                find(context.pathParam("account"))
                    .filter(account -> ETag.of(json(account)).isAsSeenBy(context))
                    .isPresent())
        .onSuccess(answer -> answer(context, answer))
        .onFailure(context::fail);
  }

  private static void answer(RoutingContext context, AddedAccounts.Answer answer) {
    switch (answer) {
      case AddedAccounts.Answer.Taken(AccountInForce account, boolean isNew) ->
          Answer.of(isNew ? 201 : 200, json(account)).send(context);
      case AddedAccounts.Answer.NotAsSeen() ->
          Problem.notAsSeen(
                  "What is behind the gateway isn't what you have read any more. Read it again, and"
                      + " decide on that.")
              .send(context);
      case AddedAccounts.Answer.Gone() -> context.response().setStatusCode(204).end();
      case AddedAccounts.Answer.Refused(String why) ->
          Problem.of(409, "not-taken", "not taken", why).send(context);
      case AddedAccounts.Answer.Unknown() -> unknown(context);
      case AddedAccounts.Answer.Unavailable(String why) ->
          Problem.unavailable(why + " docs/accounts.md says what the gateway's identity needs.")
              .send(context);
    }
  }

  private static void unknown(RoutingContext context) {
    Problem.notFound(
            "There is no account “"
                + context.pathParam("account")
                + "” behind the gateway. “ephemeris account list” shows which there are.")
        .send(context);
  }

  private static JsonObject json(AccountInForce account) {
    JsonObject json =
        new JsonObject()
            .put("account", account.name())
            .put("environment", account.settings().environment())
            .put("lanes", json(account.settings().lanes()))
            .put("endpoint", account.settings().endpoint().toString());
    account.settings().resourceId().ifPresent(id -> json.put("resourceId", id.toString()));
    json.put("origin", account.origin().toString());
    switch (account.origin()) {
      case Origin.Configured configured -> {}
      case Origin.Found(Instant since) -> json.put("since", since.toString());
      case Origin.Added(String by, Instant since, Instant endsAt) ->
          json.put("since", since.toString()).put("addedBy", by).put("endsAt", endsAt.toString());
    }
    return json;
  }

  private static JsonArray json(Set<Lane> lanes) {
    JsonArray names = new JsonArray();
    lanes.stream().sorted().forEach(lane -> names.add(lane.name().toLowerCase(Locale.ROOT)));
    return names;
  }

  private static String caller(RoutingContext context) {
    return BearerAuthentication.caller(context).principal().id().toString();
  }

  void readPosture(RoutingContext context) {
    String account = context.pathParam("account");
    examination
        .of(account)
        .onSuccess(
            posture ->
                posture.ifPresentOrElse(
                    found -> context.json(json(found)),
                    () ->
                        Problem.notFound(
                                "The gateway doesn't know where in Azure an account “"
                                    + account
                                    + "” is. It looks at accounts whose configuration has"
                                    + " resourceId.")
                            .send(context)))
        .onFailure(context::fail);
  }

  void readKeys(RoutingContext context) {
    rotations
        .of(context.pathParam("account"))
        .onSuccess(
            state ->
                state.ifPresentOrElse(
                    found -> Answer.of(json(found)).send(context), () -> notOurs(context)))
        .onFailure(context::fail);
  }

  void listUsers(RoutingContext context) {
    String account = context.pathParam("account");
    int days = context.queryParam("days").stream().findFirst().map(Integer::parseInt).orElse(DAYS);
    users
        .of(account, days)
        .onSuccess(answer -> answer(context, account, answer))
        .onFailure(context::fail);
  }

  private static void answer(RoutingContext context, String account, KeyUsers.Answer answer) {
    switch (answer) {
      case KeyUsers.Answer.Seen(Instant since, List<KeyUsers.User> seen, boolean complete) -> {
        JsonArray all = new JsonArray();
        seen.forEach(user -> all.add(json(user)));
        context.json(
            new JsonObject()
                .put("account", account)
                .put("logged", true)
                .put("since", since.toString())
                .put("complete", complete)
                .put("users", all));
      }
      case KeyUsers.Answer.NotLogged(String advice) ->
          context.json(
              new JsonObject()
                  .put("account", account)
                  .put("logged", false)
                  .put("advice", advice)
                  .put("users", new JsonArray()));
      case KeyUsers.Answer.NotOurs() -> notOurs(context);
      case KeyUsers.Answer.Unavailable(String why) ->
          Problem.unavailable(
                  "Who uses the keys of “"
                      + account
                      + "” can't be found out now. "
                      + why
                      + ". The gateway's identity needs what docs/keys.md says for it.")
              .send(context);
    }
  }

  private static JsonObject json(KeyUsers.User user) {
    return new JsonObject()
        .put("credential", user.credential())
        .put("address", user.address())
        .put("userAgent", user.userAgent())
        .put("gateway", user.gateway())
        .put("requests", user.requests())
        .put("firstSeen", user.firstSeen().toString())
        .put("lastSeen", user.lastSeen().toString());
  }

  void rotate(RoutingContext context) {
    String account = context.pathParam("account");
    boolean cutOffOthers = context.body().asJsonObject().getBoolean("cutOffOthers", false);
    String by = caller(context);
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
                            + "”, and whoever else has one is cut off by it. Look who that is"
                            + " (ephemeris account keys "
                            + account
                            + " --users), and then say cutOffOthers (ephemeris account rotate"
                            + " --cut-off-others).")
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
        .panic(account, caller(context))
        .onSuccess(start -> answer(context, start))
        .onFailure(context::fail);
  }

  private static void answer(RoutingContext context, Start start) {
    switch (start) {
      case Start.Started(KeyState state) -> Answer.of(202, json(state)).send(context);
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

  private static JsonObject json(Posture posture) {
    JsonArray findings = new JsonArray();
    posture.findings().forEach(finding -> findings.add(json(finding)));
    return new JsonObject()
        .put("account", posture.account())
        .put("lanes", json(posture.lanes()))
        .put("readAt", posture.readAt().toString())
        .put("findings", findings)
        .put("notRead", new JsonArray(posture.notRead()));
  }

  private static JsonObject json(Finding finding) {
    JsonArray fixes = new JsonArray();
    finding
        .fixes()
        .forEach(
            fix ->
                fixes.add(
                    new JsonObject().put("kind", fix.kind().toString()).put("text", fix.text())));
    return new JsonObject()
        .put("code", finding.code().toString())
        .put("state", finding.state().toString())
        .put("what", finding.what())
        .put("why", finding.why())
        .put("fixes", fixes);
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
