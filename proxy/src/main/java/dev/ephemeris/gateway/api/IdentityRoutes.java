package dev.ephemeris.gateway.api;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.oauth.AuthorizationServer;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;

/** Where to sign in, and who one is then. */
final class IdentityRoutes {

  private final JsonArray issuers;
  private final AuthorizationServer server;

  /**
   * @param server the gateway as an authorization server of its own
   */
  IdentityRoutes(List<Issuer> issuers, AuthorizationServer server) {
    JsonArray forPeople = new JsonArray();
    for (Issuer issuer : issuers) {
      if (issuer.principal() == PrincipalKind.PERSON
          && issuer.audiences().api().isPresent()
          && !issuer.clients().isEmpty()) {
        forPeople.add(
            new JsonObject()
                .put("name", issuer.name())
                .put("issuer", issuer.issuer())
                .put("clientId", issuer.clients().getFirst()));
      }
    }
    this.issuers = forPeople;
    this.server = server;
  }

  void signIn(RoutingContext context) {
    JsonObject json = new JsonObject().put("issuers", issuers);
    if (server.signsIn()) {
      json.put(
          "gateway",
          new JsonObject()
              .put("issuer", server.issuer().toString())
              .put("clientId", server.commandLine()));
    }
    context.json(json);
  }

  void me(RoutingContext context) {
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    JsonArray groups = new JsonArray();
    caller.principal().groups().stream().map(Object::toString).sorted().forEach(groups::add);
    context.json(
        new JsonObject()
            .put(
                "principal",
                new JsonObject()
                    .put("issuer", caller.principal().id().issuer())
                    .put("subject", caller.principal().id().subject())
                    .put("kind", caller.principal().kind().name().toLowerCase(Locale.ROOT))
                    .put("name", caller.principal().displayName()))
            .put("groups", groups)
            .put(
                "session",
                new JsonObject()
                    .put("id", caller.session().id())
                    .put("startedAt", caller.session().startedAt().toString())
                    .put("endsAt", caller.session().endsAt().toString())));
  }
}
