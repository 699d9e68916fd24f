package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Function;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import dev.ephemeris.cosmos.sql.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A query with aggregates as each range is asked it: each aggregate in parts that the client can
 * put together (azure-cosmos {@code AggregateItem}, {@code MinAggregator}, {@code
 * AverageAggregator}).
 *
 * @param operators of {@code SELECT VALUE}, as clients name them
 * @param operatorOfAlias of a list, in its order
 */
record RewrittenAggregates(
    Query query, List<String> operators, List<Map.Entry<String, String>> operatorOfAlias) {

  private static final Span NOWHERE = new Span(0, 0);

  RewrittenAggregates {
    operators = List.copyOf(operators);
    operatorOfAlias = List.copyOf(operatorOfAlias);
  }

  /** Empty if an aggregate stands inside another expression: that can't be put together. */
  static Optional<RewrittenAggregates> of(Query query) {
    return switch (query.selection()) {
      case Selection.All() -> Optional.empty();
      case Selection.Value(Expression expression) ->
          aggregate(expression)
              .map(
                  call ->
                      new RewrittenAggregates(
                          with(
                              query,
                              new Selection.Value(
                                  new Expression.ArrayOf(List.of(parts(call)), NOWHERE))),
                          List.of(operator(call)),
                          List.of()));
      case Selection.Properties(List<Selection.Property> properties) -> list(query, properties);
    };
  }

  private static Optional<RewrittenAggregates> list(
      Query query, List<Selection.Property> properties) {
    List<Expression.Field> fields = new ArrayList<>();
    List<Map.Entry<String, String>> operators = new ArrayList<>();
    int anonymous = 0;
    for (Selection.Property property : properties) {
      Optional<Expression.Call> call = aggregate(property.expression());
      if (call.isEmpty()) {
        return Optional.empty();
      }
      if (property.isAnonymous()) {
        anonymous++;
      }
      String name = property.name(anonymous);
      fields.add(new Expression.Field(name, parts(call.get())));
      operators.add(Map.entry(name, operator(call.get())));
    }
    Selection payload =
        new Selection.Properties(
            List.of(
                new Selection.Property(
                    new Expression.ObjectOf(fields, NOWHERE), Optional.of("payload"))));
    return Optional.of(new RewrittenAggregates(with(query, payload), List.of(), operators));
  }

  private static Optional<Expression.Call> aggregate(Expression expression) {
    return expression instanceof Expression.Call call && call.function().isAggregate()
        ? Optional.of(call)
        : Optional.empty();
  }

  private static Query with(Query query, Selection selection) {
    return new Query(
        query.top(), false, selection, query.alias(), query.where(), List.of(), Optional.empty());
  }

  private static String operator(Expression.Call call) {
    return switch (call.function()) {
      case COUNT -> "Count";
      case SUM -> "Sum";
      case MIN -> "Min";
      case MAX -> "Max";
      case AVG -> "Average";
      default -> throw new IllegalArgumentException(call.function() + " is not an aggregate");
    };
  }

  private static Expression parts(Expression.Call call) {
    return switch (call.function()) {
      case AVG -> object(field("item", sumAndCount(call)));
      case MIN -> object(field("item", call), field("item2", withCount("min", call)));
      case MAX -> object(field("item", call), field("item2", withCount("max", call)));
      default -> object(field("item", call));
    };
  }

  private static Expression sumAndCount(Expression.Call call) {
    return object(
        field("sum", same(Function.SUM, call)), field("count", same(Function.COUNT, call)));
  }

  private static Expression withCount(String name, Expression.Call call) {
    return object(field(name, call), field("count", same(Function.COUNT, call)));
  }

  private static Expression same(Function function, Expression.Call call) {
    return new Expression.Call(function, call.arguments(), NOWHERE);
  }

  private static Expression.Field field(String name, Expression value) {
    return new Expression.Field(name, value);
  }

  private static Expression object(Expression.Field... fields) {
    return new Expression.ObjectOf(List.of(fields), NOWHERE);
  }
}
