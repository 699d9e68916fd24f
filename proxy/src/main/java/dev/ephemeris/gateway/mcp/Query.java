package dev.ephemeris.gateway.mcp;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.dataplane.InnerClient;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a query on a container, up to so many rows and request units. Where that isn't all, a
 * continuation says how to go on.
 */
final class Query implements Tool {

  private static final int USUAL_ROWS = 20;
  private static final int USUAL_UNITS = 100;

  /** A query can be without results for long: pages are asked for until there is something. */
  private static final int MOST_PAGES = 20;

  /** Of all pages, after which no further one is asked for: they are in memory together. */
  private static final int MOST_BYTES = 128 * 1024;

  private final AgentData data;

  Query(AgentData data) {
    this.data = data;
  }

  @Override
  public String name() {
    return "query";
  }

  /** How far it is. */
  private static final class Run {
    private final Agent agent;
    private final Scope container;
    private final Optional<PartitionKey> key;
    private final JsonObject body;
    private final int mostRows;
    private final int mostUnits;
    private final JsonArray rows = new JsonArray();
    private Optional<String> continuation;

    /** Of the container's only range, once that is known. */
    private Optional<String> range = Optional.empty();

    private double units;
    private int withheld;
    private int pages;
    private int bytes;

    Run(Agent agent, Arguments arguments) {
      this.agent = agent;
      this.container = arguments.container();
      this.key = arguments.partitionKey();
      this.body =
          new JsonObject()
              .put("query", arguments.text("query"))
              .put("parameters", arguments.list("parameters"));
      this.mostRows = arguments.number("maxRows", USUAL_ROWS);
      this.mostUnits = arguments.number("maxRequestUnits", USUAL_UNITS);
      this.continuation = arguments.find("continuation");
    }

    /** Where it goes on. */
    Map<String, String> headers() {
      Map<String, String> headers = new HashMap<>();
      range.ifPresent(id -> headers.put(CosmosHeaders.PARTITION_KEY_RANGE_ID, id));
      continuation.ifPresent(from -> headers.put(CosmosHeaders.CONTINUATION, from));
      return headers;
    }

    void take(InnerClient.Answer answer) {
      pages++;
      bytes += answer.body().length();
      units += answer.requestCharge();
      withheld += answer.withheld();
      AgentData.documents(answer).forEach(rows::add);
      continuation = Optional.ofNullable(answer.headers().get(CosmosHeaders.CONTINUATION));
    }

    boolean goesOn() {
      return continuation.isPresent()
          && rows.size() < mostRows
          && units < mostUnits
          && pages < MOST_PAGES
          && bytes < MOST_BYTES;
    }

    Answer.Found answer() {
      JsonObject json =
          new JsonObject()
              .put("rows", rows)
              .put("rowCount", rows.size())
              .put("requestUnits", Math.round(units * 100) / 100.0)
              .put("withheld", withheld)
              .put("complete", continuation.isEmpty());
      continuation.ifPresent(from -> json.put("continuation", from));
      return new Answer.Found(json);
    }
  }

  @Override
  public Future<Answer> call(Agent agent, Arguments arguments) {
    return page(new Run(agent, arguments));
  }

  private Future<Answer> page(Run run) {
    return data.query(
            run.agent,
            run.container,
            run.key,
            run.mostRows - run.rows.size(),
            run.headers(),
            run.body)
        .compose(
            reply ->
                switch (reply) {
                  case AgentData.Reply.Not(String message) -> Answer.refused(message);
                  case AgentData.Reply.Got(InnerClient.Answer answer) -> taken(run, answer);
                });
  }

  private Future<Answer> taken(Run run, InnerClient.Answer answer) {
    if (answer.status() == 200) {
      run.take(answer);
      return run.goesOn() ? page(run) : Future.succeededFuture(run.answer());
    }
    if (isForOnePartition(answer) && run.range.isEmpty()) {
      return inItsOnlyRange(run);
    }
    String why = AgentData.why(answer);
    return Answer.refused(
        answer.isGateways() && why.contains(CosmosHeaders.CONTINUATION)
            ? "The “continuation” isn't one that was given for this container, or isn't whole."
                + " Leave it out to begin again."
            : why);
  }

  /** What SDKs do with a plan: sort, count or group what comes from each partition. */
  private static boolean isForOnePartition(InnerClient.Answer answer) {
    return answer.status() == 400 && "1004".equals(answer.headers().get(CosmosHeaders.SUB_STATUS));
  }

  /** A container that isn't divided can be asked anything. */
  private Future<Answer> inItsOnlyRange(Run run) {
    return data.read(
            run.agent,
            run.container,
            Optional.empty(),
            Action.READ_METADATA,
            Optional.empty(),
            ResourceType.PARTITION_KEY_RANGE)
        .compose(
            reply -> {
              Optional<String> only =
                  reply instanceof AgentData.Reply.Got(InnerClient.Answer answer)
                          && answer.status() == 200
                      ? only(answer.body().toJsonObject())
                      : Optional.empty();
              if (only.isEmpty()) {
                return Answer.refused(
                    "The container is divided into partitions, and what is sorted, counted or"
                        + " grouped is so within one of them only. Say the “partitionKey”, or ask"
                        + " without ORDER BY, GROUP BY, DISTINCT, TOP, OFFSET and aggregates: of"
                        + " TOP, “maxRows” does the same.");
              }
              run.range = only;
              return page(run);
            });
  }

  private static Optional<String> only(JsonObject ranges) {
    JsonArray list = ranges.getJsonArray("PartitionKeyRanges", new JsonArray());
    return list.size() == 1
        ? Optional.ofNullable(list.getJsonObject(0).getString("id"))
        : Optional.empty();
  }
}
