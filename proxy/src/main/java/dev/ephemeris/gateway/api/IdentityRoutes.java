package dev.ephemeris.gateway.api;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;

/** Where to sign in, and who one is then. */
final class IdentityRoutes {

  private final JsonObject signIn;

  IdentityRoutes(List<Issuer> issuers) {
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
    this.signIn = new JsonObject().put("issuers", forPeople);
  }

  void signIn(RoutingContext context) {
    context.json(signIn);
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
