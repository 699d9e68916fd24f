package dev.ephemeris.gateway.mcp;

import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.dataplane.InnerClient;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a container is like: how it is divided and indexed, and which fields its items have. */
final class DescribeContainer implements Tool {

  private static final int SAMPLE = 50;

  /** What its definition says that isn't a name of Azure's own making. */
  private static final List<String> DEFINITION =
      List.of(
          "partitionKey",
          "indexingPolicy",
          "uniqueKeyPolicy",
          "defaultTtl",
          "conflictResolutionPolicy",
          "vectorEmbeddingPolicy",
          "fullTextPolicy");

  private final AgentData data;

  DescribeContainer(AgentData data) {
    this.data = data;
  }

  @Override
  public String name() {
    return "describe_container";
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    Scope container = arguments.container();
    return data.read(
            agent,
            container,
            Optional.empty(),
            Action.READ_METADATA,
            Optional.empty(),
            ResourceType.CONTAINER)
        .compose(
            reply ->
                switch (reply) {
                  case AgentData.Reply.Not(String message) -> Answer.refused(message);
                  case AgentData.Reply.Got(InnerClient.Answer answer) ->
                      answer.status() == 200
                          ? withFields(agent, container, definition(container, answer))
                          : Answer.refused(AgentData.why(answer));
                });
  }

  private static JsonObject definition(Scope container, InnerClient.Answer answer) {
    JsonObject whole = answer.body().toJsonObject();
    JsonObject json = new JsonObject().put("scope", container.toString());
    DEFINITION.stream()
        .filter(whole::containsKey)
        .forEach(name -> json.put(name, whole.getValue(name)));
    return json;
  }

  /** Of a sample, if the agent may read one: names and types, and no values. */
  private Future<Answer> withFields(Agent agent, Scope container, JsonObject json) {
    return data.query(
            agent,
            container,
            Optional.empty(),
            SAMPLE,
            Map.of(),
            new JsonObject().put("query", "SELECT * FROM c").put("parameters", new JsonArray()))
        .map(
            reply -> {
              if (reply instanceof AgentData.Reply.Got(InnerClient.Answer answer)
                  && answer.status() == 200) {
                JsonArray sample = AgentData.documents(answer);
                return new Answer.Found(
                    json.put("fields", Fields.of(sample)).put("sampled", sample.size()));
              }
              String why =
                  reply instanceof AgentData.Reply.Not(String message)
                      ? message
                      : "A sample of its items can't be read.";
              return new Answer.Found(
                  json.put("fields", new JsonArray()).put("sampled", 0).put("fieldsUnknown", why));
            });
  }
}
