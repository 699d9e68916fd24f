package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.BlockTarget;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.lease.Kill;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.yaml.Suggestion;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Everybody's sessions, leases and blocks, for those who run the gateway: {@link Authorize} stands
 * before each of these, as the contract says.
 */
final class OthersRoutes {

  private final Leases leases;
  private final Sessions sessions;
  private final Blocks blocks;
  private final Kills kills;
  private final Pages pages;
  private final Supplier<Set<String>> accounts;
  private final Set<String> issuers;
  private final InstantSource clock;

  /**
   * @param accounts the names of those of now
   * @param issuers the names of all
   */
  OthersRoutes(
      Leases leases,
      Sessions sessions,
      Blocks blocks,
      Kills kills,
      Pages pages,
      Supplier<Set<String>> accounts,
      Set<String> issuers,
      InstantSource clock) {
    this.leases = leases;
    this.sessions = sessions;
    this.blocks = blocks;
    this.kills = kills;
    this.pages = pages;
    this.accounts = accounts;
    this.issuers = Set.copyOf(issuers);
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

  void sessions(RoutingContext context) {
    list(
        context,
        "sessions",
        sessions::all,
        sessions::of,
        session ->
            SessionRoutes.json(session, clock.instant())
                .put("principal", session.principal().toString()));
  }

  void blocks(RoutingContext context) {
    list(
        context,
        "blocks",
        blocks::all,
        blocks::of,
        block ->
            LeaseJson.of(block)
                .put("target", block.target().described())
                .put("madeBy", block.madeBy().toString()));
  }

  void lift(RoutingContext context) {
    LeaseRoutes.ended(
        context,
        blocks.liftAny(context.pathParam("blockId"), caller(context)),
        "There is no block of this id.");
  }

  void kill(RoutingContext context) {
    kill(context, false);
  }

  void suspend(RoutingContext context) {
    kill(context, true);
  }

  private void kill(RoutingContext context, boolean suspends) {
    JsonObject body = context.body().asJsonObject();
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    Kill kill;
    try {
      kill =
          new Kill(
              target(body),
              Optional.ofNullable(body.getString("account")),
              suspends,
              body.getString("reason"));
      requireKnown(kill);
      if (shutsOut(kill, caller)) {
        throw new IllegalArgumentException(
            "That would shut you out yourself, and who would let you in again?");
      }
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    kills
        .kill(kill, caller.principal().id())
        .onSuccess(done -> Answer.of(json(done)).send(context))
        .onFailure(context::fail);
  }

  static JsonObject json(Kill.Done done) {
    return new JsonObject()
        .put("block", done.blockId())
        .put("sessions", done.sessions())
        .put("leases", done.leases());
  }

  /** A name that is misspelt would shut out nobody, and say that it did. */
  private void requireKnown(Kill kill) {
    kill.account().ifPresent(account -> requireOne("account", account, accounts.get()));
    kill.target().issuer().ifPresent(issuer -> requireOne("issuer", issuer, issuers));
  }

  private static void requireOne(String what, String name, Set<String> known) {
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "unknown " + what + " " + Suggestion.expected(name, known));
    }
  }

  /** Whether whoever does it couldn't sign in again to undo it. */
  private static boolean shutsOut(Kill kill, Authentication.Accepted caller) {
    boolean forGood =
        kill.suspends()
            || caller.principal().kind() != PrincipalKind.PERSON
            || caller.signedInAt().isEmpty();
    return forGood
        && kill.account().isEmpty()
        && kill.target().means(caller.principal(), caller.client());
  }

  /** The contract has one of these at the most. */
  private static BlockTarget target(JsonObject body) {
    return Stream.of("principal", "user", "group", "client")
        .filter(body::containsKey)
        .findFirst()
        .map(kind -> BlockTarget.parse(kind, body.getString(kind)))
        .orElseGet(BlockTarget.Anyone::new);
  }

  private <T> void list(
      RoutingContext context,
      String name,
      Pages.Source<T> all,
      BiFunction<PrincipalId, PageWanted, Future<Page<T>>> of,
      Function<T, JsonObject> json) {
    Optional<PrincipalId> whose;
    try {
      whose = principal(context.queryParam("principal"));
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return;
    }
    pages.answer(
        context,
        name,
        whose.map(one -> Map.of("principal", one.toString())).orElse(Map.of()),
        wanted -> whose.map(one -> of.apply(one, wanted)).orElseGet(() -> all.page(wanted)),
        json);
  }

  /** Never everybody where somebody was asked for. */
  private static Optional<PrincipalId> principal(List<String> given) {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (given.size() > 1) {
      throw new IllegalArgumentException("expected one principal, as issuer:subject");
    }
    return Optional.of(PrincipalId.parse(given.getFirst()));
  }

  private static PrincipalId caller(RoutingContext context) {
    return BearerAuthentication.caller(context).principal().id();
  }
}
