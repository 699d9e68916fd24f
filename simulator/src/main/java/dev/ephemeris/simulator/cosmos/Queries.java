package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.sql.Query;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Queries over items, their plans, and the feed of all items. */
final class Queries {

  private static final int DEFAULT_PAGE = 100;
  private static final int MAX_PAGE = 1000;

  private static final QueryRequest.Valid EVERYTHING =
      new QueryRequest.Valid((Query) Query.parse("SELECT * FROM c"), Parameters.NONE);

  Answer plan(Call call, Container container) {
    return switch (QueryRequest.read(call)) {
      case QueryRequest.Refused(Answer answer) -> answer;
      case QueryRequest.Valid valid -> plan(call, valid);
    };
  }

  Answer run(Call call, Container container) {
    return switch (QueryRequest.read(call)) {
      case QueryRequest.Refused(Answer answer) -> answer;
      case QueryRequest.Valid valid -> run(call, container, valid);
    };
  }

  /** {@code GET …/docs}. */
  Answer readFeed(Call call, Container container) {
    return run(call, container, EVERYTHING);
  }

  private static Answer run(Call call, Container container, QueryRequest.Valid request) {
    return switch (QueryScope.of(call, container)) {
      case QueryScope.Refused(Answer answer) -> answer;
      case QueryScope.Part part -> {
        boolean acrossPartitions =
            part.partitions().size() > 1 && QueryPlan.isNeeded(request.query());
        yield acrossPartitions ? notServable(request) : page(call, container, request, part);
      }
    };
  }

  private static Answer page(
      Call call, Container container, QueryRequest.Valid request, QueryScope.Part part) {
    QueryRun run = new QueryRun(request.query(), request.parameters());
    Optional<String> token = call.header(CosmosHeaders.CONTINUATION);
    Optional<Continuation> from =
        token.flatMap(text -> Continuation.parse(text, container.rid(), run.keys()));
    if (token.isPresent() && from.isEmpty()) {
      return Answer.badRequest("Invalid continuation token.");
    }
    Optional<Integer> size = pageSize(call);
    if (size.isEmpty()) {
      return Answer.badRequest("The value of x-ms-max-item-count is invalid.");
    }
    int given = from.map(Continuation::rows).orElse(0);
    List<Item> items = part.items();
    List<QueryRun.Placed> rows = run.page(items, from.map(Continuation::last), given);
    List<QueryRun.Placed> page = rows.subList(0, Math.min(size.get(), rows.size()));
    Answer.Success answer =
        described(container, part, page.stream().map(QueryRun.Placed::row).toList(), items.size());
    if (page.size() == rows.size()) {
      return answer;
    }
    int pages = from.map(Continuation::pages).orElse(0);
    return answer.with(
        CosmosHeaders.CONTINUATION,
        new Continuation(container.rid(), pages + 1, given + page.size(), page.getLast().position())
            .text());
  }

  private static Answer.Success described(
      Container container, QueryScope.Part part, List<JsonNode> rows, int scanned) {
    return Feed.of(container.rid(), "Documents", rows)
        .with(
            CosmosHeaders.SESSION_TOKEN,
            part.partitions().stream()
                .map(PhysicalPartition::sessionToken)
                .collect(Collectors.joining(",")))
        .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
        .with(CosmosHeaders.CONTENT_PATH, container.rid())
        .charged(Charge.query(scanned, rows.size()));
  }

  /** How many rows a page has at most; empty if the header makes no sense. */
  static Optional<Integer> pageSize(Call call) {
    try {
      int asked =
          call.header(CosmosHeaders.MAX_ITEM_COUNT).map(Integer::parseInt).orElse(DEFAULT_PAGE);
      if (asked == -1) {
        return Optional.of(DEFAULT_PAGE);
      }
      return Optional.of(asked).filter(size -> size > 0).map(size -> Math.min(size, MAX_PAGE));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static Answer plan(Call call, QueryRequest.Valid request) {
    return switch (QueryPlan.of(request)) {
      case QueryPlan.Refused(Answer.Failure answer) -> answer;
      case QueryPlan.Merged(ObjectNode plan) -> {
        boolean counts = !plan.path("queryInfo").path("dCountInfo").isNull();
        boolean canCount =
            call.header("x-ms-cosmos-supported-query-features").orElse("").contains("DCount");
        yield counts && !canCount
            ? Answer.badRequest(
                "Query contains the following features, which the calling client does not"
                    + " support: DCount")
            : Answer.of(200, plan).charged(1);
      }
    };
  }

  /** What makes clients ask for a plan and merge the ranges themselves. */
  private static Answer notServable(QueryRequest.Valid request) {
    return switch (QueryPlan.of(request)) {
      case QueryPlan.Refused(Answer.Failure answer) -> answer;
      case QueryPlan.Merged(ObjectNode plan) ->
          new Answer.Failure(
              Answer.failure(
                      400,
                      1004,
                      "The provided cross partition query can not be directly served by the"
                          + " gateway. This is a first chance (internal) exception that all"
                          + " newer clients will know how to handle gracefully.")
                  .error(),
              Optional.of(plan.toString()));
    };
  }
}
