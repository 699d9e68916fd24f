package dev.ephemeris.gateway.mcp;

import dev.ephemeris.gateway.dataplane.InnerClient;
import dev.ephemeris.policy.Action;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one item. */
final class GetItem implements Tool {

  private static final Set<Action> ACTIONS = Set.of(Action.ITEMS_READ);

  private final AgentData data;

  GetItem(AgentData data) {
    this.data = data;
  }

  @Override
  public String name() {
    return "get_item";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    return data.ask(
            agent,
            arguments.container(),
            arguments.partitionKey(),
            ACTIONS,
            "/docs/" + InnerClient.Request.part(arguments.text("id")),
            Map.of(),
            Optional.empty())
        .map(
            reply ->
                switch (reply) {
                  case AgentData.Reply.Not(String message) -> new Answer.Refused(message);
                  case AgentData.Reply.Got(InnerClient.Answer answer) ->
                      answer.status() == 200
                          ? new Answer.Found(
                              new JsonObject()
                                  .put("item", answer.body().toJsonObject())
                                  .put("requestUnits", answer.requestCharge())
                                  .put("withheld", Withheld.of(answer)))
                          : new Answer.Refused(AgentData.why(answer));
                });
  }
}
