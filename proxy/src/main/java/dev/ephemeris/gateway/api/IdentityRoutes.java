package dev.ephemeris.gateway.api;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Linked;
import dev.ephemeris.gateway.oauth.AuthorizationServer;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/** Where to sign in, and who one is then. */
final class IdentityRoutes {

  private final JsonArray issuers;
  private final Grants grants;
  private final AuthorizationServer server;

  /**
   * @param server the gateway as an authorization server of its own
   */
  IdentityRoutes(List<Issuer> issuers, Grants grants, AuthorizationServer server) {
    this.grants = grants;
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
    Answer.of(json).send(context);
  }

  void me(RoutingContext context) {
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    Principal principal = caller.principal();
    JsonObject claims = new JsonObject();
    new TreeMap<>(principal.claims()).forEach(claims::put);
    JsonObject json =
        new JsonObject()
            .put(
                "principal",
                new JsonObject()
                    .put("issuer", principal.id().issuer())
                    .put("subject", principal.id().subject())
                    .put("kind", principal.kind().name().toLowerCase(Locale.ROOT))
                    .put("name", principal.displayName()));
    principal.user().ifPresent(user -> json.put("user", user.toString()));
    principal
        .component()
        .ifPresent(
            component ->
                json.put("component", component.ref())
                    .put("ownerGroups", sorted(component.groups())));
    if (!caller.client().isEmpty()) {
      json.put("client", caller.client());
    }
    caller.signedInAt().ifPresent(at -> json.put("signedInAt", at.toString()));
    caller.mfaUntil().ifPresent(until -> json.put("mfaUntil", until.toString()));
    Answer.of(
            json.put("groups", sorted(principal.groups()))
                .put("linked", linked(principal))
                .put("claims", claims)
                .put(
                    "session",
                    new JsonObject()
                        .put("id", caller.session().id())
                        .put("startedAt", caller.session().startedAt().toString())
                        .put("endsAt", caller.session().endsAt().toString())))
        .send(context);
  }

  private JsonArray linked(Principal principal) {
    JsonArray linked = new JsonArray();
    for (Linked other : grants.linked(principal)) {
      JsonObject json = new JsonObject().put("issuer", other.issuer());
      other.claim().ifPresent(claim -> json.put("claim", claim));
      linked.add(json.put("value", other.value()));
    }
    return linked;
  }

  private static JsonArray sorted(Set<GroupRef> groups) {
    JsonArray sorted = new JsonArray();
    groups.stream().map(Object::toString).sorted().forEach(sorted::add);
    return sorted;
  }
}
