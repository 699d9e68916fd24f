package dev.ephemeris.gateway.mcp;

import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.dataplane.InnerClient;
import dev.ephemeris.policy.Action;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Reads one item. */
final class GetItem implements Tool {

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
    return data.read(
            agent,
            arguments.container(),
            arguments.partitionKey(),
            Action.ITEMS_READ,
            arguments.find("id"),
            ResourceType.ITEM)
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
                                  .put("withheld", answer.withheld()))
                          : new Answer.Refused(AgentData.why(answer));
                });
  }
}
