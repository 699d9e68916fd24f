package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;

/** One's own sessions: looking at them, ending one. */
final class SessionRoutes {

  private final Sessions sessions;
  private final Kills kills;
  private final Pages pages;
  private final InstantSource clock;

  SessionRoutes(Sessions sessions, Kills kills, Pages pages, InstantSource clock) {
    this.sessions = sessions;
    this.kills = kills;
    this.pages = pages;
    this.clock = clock;
  }

  void list(RoutingContext context) {
    PrincipalId caller = BearerAuthentication.caller(context).principal().id();
    pages.answer(
        context,
        "sessions",
        Map.of(),
        wanted -> sessions.of(caller, wanted),
        session -> json(session, clock.instant()));
  }

  void end(RoutingContext context) {
    String id = context.pathParam("sessionId");
    LeaseRoutes.ended(
        context,
        kills.signOut(id, BearerAuthentication.caller(context).principal().id()),
        "You have no session “" + id + "” that goes on. “ephemeris sessions” lists yours.");
  }

  static JsonObject json(Session session, Instant now) {
    JsonObject json =
        new JsonObject()
            .put("id", session.id())
            .put("kind", session.kind().name().toLowerCase(Locale.ROOT))
            .put("client", session.client())
            .put("address", session.address())
            .put("startedAt", session.startedAt().toString())
            .put("endsAt", session.endsAt().toString())
            .put("state", session.state(now).name().toLowerCase(Locale.ROOT));
    session.endedAt().ifPresent(at -> json.put("endedAt", at.toString()));
    session
        .actsFor()
        .ifPresent(
            whom ->
                json.put("principal", session.principal().toString())
                    .put("actsFor", whom.principal().toString()));
    return json;
  }
}
