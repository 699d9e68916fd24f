package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.From;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** How a client runs a query on each range and merges what they answer. */
sealed interface QueryPlan {

  record Merged(ObjectNode plan) implements QueryPlan {}

  record Refused(Answer.Failure answer) implements QueryPlan {}

  /** Whether the ranges' answers can't simply follow one another. */
  static boolean isNeeded(Query query) {
    return query.aggregates()
        || query.distinct()
        || query.top().isPresent()
        || query.page().isPresent()
        || !query.groupBy().isEmpty()
        || !query.orderBy().isEmpty()
        || !isPerItem(query.from());
  }

  static QueryPlan of(QueryRequest.Valid request) {
    Query query = request.query();
    Limits limits = Limits.of(query, request.parameters());
    Optional<DistinctCount> distinctCount = DistinctCount.of(query);
    if (distinctCount.isPresent()) {
      return new Merged(distinctCount(distinctCount.get(), limits));
    }
    if (!isPerItem(query.from())) {
      return refused("a plan for FROM with a subquery that orders, limits, groups or aggregates");
    }
    if (query.aggregates() || !query.groupBy().isEmpty()) {
      if (query.distinct()) {
        return refused("a plan for DISTINCT with GROUP BY");
      }
      return RewrittenAggregates.of(query)
          .<QueryPlan>map(rewritten -> new Merged(grouped(query, limits, rewritten)))
          .orElseGet(
              () ->
                  new Refused(
                      Answer.badRequest(
                          "Compositions of aggregates and other expressions are not allowed.")));
    }
    if (!query.orderBy().isEmpty()) {
      return RewrittenOrder.of(query, pageOfEachRange(query, limits))
          .<QueryPlan>map(rewritten -> new Merged(ordered(query, limits, rewritten)))
          .orElseGet(() -> refused("a plan for ORDER BY over the rows of a subquery"));
    }
    return new Merged(plan(query, limits, inEachRange(query, limits)));
  }

  private static QueryPlan refused(String what) {
    return new Refused(Answer.notSimulated(what));
  }

  /** Whether each row comes from one item, so that ranges don't change what another one finds. */
  private static boolean isPerItem(Optional<From> from) {
    return from.map(sources -> sources.sources().getFirst().of())
        .map(
            first ->
                switch (first) {
                  case From.Path _ -> true;
                  case From.Rows(Query query) -> !isNeeded(query);
                })
        .orElse(true);
  }

  private static ObjectNode distinctCount(DistinctCount count, Limits limits) {
    ObjectNode plan = plan(count.rows(), limits, count.rows().text());
    info(plan).putObject("dCountInfo").put("dCountAlias", count.alias().orElse(""));
    info(plan).put("hasSelectValue", count.isValue());
    return plan;
  }

  private static ObjectNode grouped(Query query, Limits limits, RewrittenAggregates rewritten) {
    ObjectNode plan = plan(query, limits, rewritten.query().text());
    ArrayNode expressions = info(plan).withArray("groupByExpressions");
    query.groupBy().forEach(expression -> expressions.add(expression.text()));
    ArrayNode operators = info(plan).withArray("aggregates");
    rewritten.operators().forEach(operators::add);
    ArrayNode aliases = info(plan).withArray("groupByAliases");
    ObjectNode operatorOf = info(plan).withObject("groupByAliasToAggregateType");
    for (RewrittenAggregates.Column column : rewritten.columns()) {
      aliases.add(column.alias());
      operatorOf.put(column.alias(), column.operator().orElse(null));
    }
    return plan;
  }

  private static ObjectNode ordered(Query query, Limits limits, Query rewritten) {
    ObjectNode plan = plan(query, limits, rewritten.text());
    ArrayNode orders = info(plan).withArray("orderBy");
    ArrayNode expressions = info(plan).withArray("orderByExpressions");
    for (Query.Order order : query.orderBy()) {
      orders.add(order.descending() ? "Descending" : "Ascending");
      expressions.add(order.expression().text());
    }
    return plan;
  }

  private static ObjectNode plan(Query query, Limits limits, String rewritten) {
    ObjectNode plan = Json.object().put("partitionedQueryExecutionInfoVersion", 2);
    ObjectNode info = plan.putObject("queryInfo");
    info.put("distinctType", distinctType(query));
    putNumber(info, "top", limits.top());
    putNumber(info, "offset", limits.offset());
    putNumber(info, "limit", limits.limit());
    info.putArray("orderBy");
    info.putArray("orderByExpressions");
    info.putArray("groupByExpressions");
    info.putArray("groupByAliases");
    info.putArray("aggregates");
    info.putObject("groupByAliasToAggregateType");
    info.put("rewrittenQuery", rewritten);
    info.put("hasSelectValue", query.selection() instanceof Selection.Value);
    info.putNull("dCountInfo");
    info.put("hasNonStreamingOrderBy", false);
    ObjectNode range = plan.putArray("queryRanges").addObject();
    range.put("min", "").put("max", "FF");
    range.put("isMinInclusive", true).put("isMaxInclusive", false);
    return plan;
  }

  private static ObjectNode info(ObjectNode plan) {
    return plan.withObject("queryInfo");
  }

  private static void putNumber(ObjectNode info, String name, OptionalInt number) {
    info.set(
        name, number.isPresent() ? info.numberNode(number.getAsInt()) : (JsonNode) info.nullNode());
  }

  /** Equal rows follow one another if the rows are made of nothing but what they are ordered by. */
  private static String distinctType(Query query) {
    if (!query.distinct()) {
      return "None";
    }
    Set<Expression> keys = new HashSet<>();
    query.orderBy().forEach(order -> keys.add(order.expression()));
    List<Expression> selected = query.selection().expressions();
    return !selected.isEmpty() && keys.equals(Set.copyOf(selected)) ? "Ordered" : "Unordered";
  }

  private static Optional<Query.Page> pageOfEachRange(Query query, Limits limits) {
    return query
        .page()
        .map(
            _ ->
                new Query.Page(
                    new Query.Count.Fixed(0),
                    new Query.Count.Fixed(limits.offset().orElse(0) + limits.limit().orElse(0))));
  }

  /** What each range is asked instead; empty if it is the query itself. */
  private static String inEachRange(Query query, Limits limits) {
    return pageOfEachRange(query, limits)
        .map(
            page ->
                new Query(
                        query.top(),
                        query.distinct(),
                        query.selection(),
                        query.from(),
                        query.where(),
                        List.of(),
                        List.of(),
                        false,
                        Optional.of(page))
                    .text())
        .orElse("");
  }
}
