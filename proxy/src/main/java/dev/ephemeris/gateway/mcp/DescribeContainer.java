package dev.ephemeris.gateway.mcp;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.gateway.dataplane.InnerClient;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
    return data.ask(
            agent,
            container,
            Optional.empty(),
            Set.of(Action.READ_METADATA),
            "",
            Map.of(),
            Optional.empty())
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
    return data.ask(
            agent,
            container,
            Optional.empty(),
            Set.of(Action.EXECUTE_QUERY),
            "/docs",
            Map.of(
                CosmosHeaders.CONTENT_TYPE,
                CosmosHeaders.QUERY_JSON,
                CosmosHeaders.IS_QUERY,
                "true",
                CosmosHeaders.MAX_ITEM_COUNT,
                Integer.toString(SAMPLE),
                "x-ms-documentdb-query-enablecrosspartition",
                "true"),
            Optional.of(
                new JsonObject()
                    .put("query", "SELECT * FROM c")
                    .put("parameters", new JsonArray())))
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
