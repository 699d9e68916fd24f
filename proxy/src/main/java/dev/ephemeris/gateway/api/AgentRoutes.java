package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The agents that act for whoever asks: looking at them, stopping one. */
final class AgentRoutes {

  /** So many hexadecimal digits of a digest: nobody finds another agent with the same. */
  private static final int ID_LENGTH = 32;

  private final Sessions sessions;
  private final Leases leases;
  private final Kills kills;
  private final Grants grants;
  private final InstantSource clock;

  AgentRoutes(Sessions sessions, Leases leases, Kills kills, Grants grants, InstantSource clock) {
    this.sessions = sessions;
    this.leases = leases;
    this.kills = kills;
    this.grants = grants;
    this.clock = clock;
  }

  /** What of an agent goes on now; one of the two at least. */
  private record Acting(Identity agent, List<Session> sessions, List<Lease> leases) {
    Acting(Identity agent) {
      this(agent, new ArrayList<>(), new ArrayList<>());
    }

    String id() {
      return "ag-"
          + Digest.of("agent", agent.id().issuer(), agent.id().subject()).substring(0, ID_LENGTH);
    }
  }

  void list(RoutingContext context) {
    Instant now = clock.instant();
    acting(caller(context), now)
        .onSuccess(
            all -> {
              JsonArray agents = new JsonArray();
              all.forEach(acting -> agents.add(json(acting, now)));
              Answer.of(new JsonObject().put("agents", agents)).send(context);
            })
        .onFailure(context::fail);
  }

  void stop(RoutingContext context) {
    String id = context.pathParam("agentId");
    PrincipalId whom = caller(context);
    acting(whom, clock.instant())
        .onSuccess(
            all ->
                all.stream()
                    .filter(acting -> acting.id().equals(id))
                    .findFirst()
                    .ifPresentOrElse(
                        acting -> stop(context, acting.agent().id(), whom),
                        () ->
                            Problem.notFound(
                                    "No agent “"
                                        + id
                                        + "” acts for you. “ephemeris agents” lists those that do.")
                                .send(context)))
        .onFailure(context::fail);
  }

  private void stop(RoutingContext context, PrincipalId agent, PrincipalId whom) {
    kills
        .stop(agent, whom)
        .onSuccess(done -> context.json(OthersRoutes.json(done)))
        .onFailure(context::fail);
  }

  private static PrincipalId caller(RoutingContext context) {
    return BearerAuthentication.caller(context).principal().id();
  }

  private Future<List<Acting>> acting(PrincipalId whom, Instant now) {
    return sessions
        .actingFor(whom, now)
        .compose(theirs -> leases.actingFor(whom).map(given -> byAgent(theirs, given)));
  }

  /** Those with the newest session first. */
  private static List<Acting> byAgent(List<Session> sessions, List<Lease> leases) {
    Map<PrincipalId, Acting> agents = new LinkedHashMap<>();
    for (Session session : sessions) {
      agents
          .computeIfAbsent(
              session.principal(),
              id -> new Acting(new Identity(id, session.kind(), session.claims())))
          .sessions()
          .add(session);
    }
    for (Lease lease : leases) {
      agents
          .computeIfAbsent(lease.principal(), id -> new Acting(lease.holder()))
          .leases()
          .add(lease);
    }
    return List.copyOf(agents.values());
  }

  private JsonObject json(Acting acting, Instant now) {
    JsonArray sessions = new JsonArray();
    acting.sessions().forEach(session -> sessions.add(SessionRoutes.json(session, now)));
    JsonArray leases = new JsonArray();
    acting.leases().forEach(lease -> leases.add(LeaseJson.of(lease, now)));
    return new JsonObject()
        .put("id", acting.id())
        .put("principal", acting.agent().id().toString())
        .put("name", grants.describe(acting.agent()))
        .put("since", since(acting).toString())
        .put("sessions", sessions)
        .put("leases", leases);
  }

  private static Instant since(Acting acting) {
    Optional<Instant> session =
        acting.sessions().stream().map(Session::startedAt).min(Instant::compareTo);
    return session.orElseGet(
        () -> acting.leases().stream().map(Lease::issuedAt).min(Instant::compareTo).orElseThrow());
  }
}
