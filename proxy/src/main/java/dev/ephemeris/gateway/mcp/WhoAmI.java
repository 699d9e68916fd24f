package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.policy.Principal;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Who the agent is to the gateway, and for whom it acts. */
final class WhoAmI implements Tool {

  private final Grants grants;

  WhoAmI(Grants grants) {
    this.grants = grants;
  }

  @Override
  public String name() {
    return "whoami";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    Principal whom = agent.whom().principal();
    JsonArray groups = new JsonArray();
    whom.groups().stream().map(Object::toString).sorted().forEach(groups::add);
    return Answer.found(
        new JsonObject()
            .put("agent", agent.is().principal().id().toString())
            .put(
                "actsFor",
                new JsonObject()
                    .put("principal", whom.id().toString())
                    .put("name", grants.describe(whom))
                    .put("kind", whom.kind().name().toLowerCase(Locale.ROOT))
                    .put("groups", groups))
            .put("sessionId", agent.is().session().id())
            .put("endsAt", agent.is().session().endsAt().toString()));
  }
}
