package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** How a client runs a query on each range and merges what they answer. */
final class QueryPlan {

  private QueryPlan() {}

  /** Whether the ranges' answers can't simply follow one another. */
  static boolean isNeeded(Query query) {
    return query.aggregates()
        || query.distinct()
        || query.top().isPresent()
        || query.page().isPresent()
        || !query.orderBy().isEmpty();
  }

  /** The plan; empty if the query can't be merged. */
  static Optional<ObjectNode> of(QueryRequest.Valid request) {
    Query query = request.query();
    if (query.distinct() && !query.orderBy().isEmpty()) {
      return Optional.empty();
    }
    if (!query.aggregates()) {
      return Optional.of(plan(request, Optional.empty()));
    }
    return RewrittenAggregates.of(query).map(rewritten -> plan(request, Optional.of(rewritten)));
  }

  private static ObjectNode plan(
      QueryRequest.Valid request, Optional<RewrittenAggregates> aggregates) {
    Query query = request.query();
    Limits limits = Limits.of(query, request.parameters());
    ObjectNode plan = Json.object().put("partitionedQueryExecutionInfoVersion", 2);
    ObjectNode info = plan.putObject("queryInfo");
    info.put("distinctType", query.distinct() ? "Unordered" : "None");
    putNumber(info, "top", limits.top());
    putNumber(info, "offset", limits.offset());
    putNumber(info, "limit", limits.limit());
    ArrayNode orders = info.putArray("orderBy");
    ArrayNode expressions = info.putArray("orderByExpressions");
    for (Query.Order order : query.orderBy()) {
      orders.add(order.descending() ? "Descending" : "Ascending");
      expressions.add(order.expression().text());
    }
    info.putArray("groupByExpressions");
    ArrayNode aliases = info.putArray("groupByAliases");
    ArrayNode operators = info.putArray("aggregates");
    ObjectNode operatorOf = info.putObject("groupByAliasToAggregateType");
    aggregates.ifPresent(
        rewritten -> {
          rewritten.operators().forEach(operators::add);
          for (Map.Entry<String, String> alias : rewritten.operatorOfAlias()) {
            aliases.add(alias.getKey());
            operatorOf.put(alias.getKey(), alias.getValue());
          }
        });
    info.put(
        "rewrittenQuery",
        aggregates
            .map(RewrittenAggregates::query)
            .or(() -> rewritten(query, limits))
            .map(Query::text)
            .orElse(""));
    info.put("hasSelectValue", query.selection() instanceof Selection.Value);
    info.putNull("dCountInfo");
    info.put("hasNonStreamingOrderBy", false);
    ObjectNode range = plan.putArray("queryRanges").addObject();
    range.put("min", "").put("max", "FF");
    range.put("isMinInclusive", true).put("isMaxInclusive", false);
    return plan;
  }

  private static void putNumber(ObjectNode info, String name, OptionalInt number) {
    info.set(
        name, number.isPresent() ? info.numberNode(number.getAsInt()) : (JsonNode) info.nullNode());
  }

  /** What each range is asked instead; empty if it is the query itself. */
  private static Optional<Query> rewritten(Query query, Limits limits) {
    Optional<Query.Page> page =
        query
            .page()
            .map(
                _ ->
                    new Query.Page(
                        new Query.Count.Fixed(0),
                        new Query.Count.Fixed(
                            limits.offset().orElse(0) + limits.limit().orElse(0))));
    if (!query.orderBy().isEmpty()) {
      return Optional.of(RewrittenOrder.of(query, page));
    }
    return page.map(
        asked ->
            new Query(
                query.top(),
                query.distinct(),
                query.selection(),
                query.alias(),
                query.where(),
                List.of(),
                Optional.of(asked)));
  }
}
