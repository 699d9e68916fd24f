package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Function;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import dev.ephemeris.cosmos.sql.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A query with aggregates or groups as each range is asked it: each aggregate in parts that the
 * client can put together (azure-cosmos {@code AggregateItem}, {@code MinAggregator}, {@code
 * AverageAggregator}), each group with the values that it has in common ({@code
 * RewrittenGroupByProjection}).
 *
 * @param operators of {@code SELECT VALUE}, as clients name them
 * @param columns of a list, in its order
 */
record RewrittenAggregates(Query query, List<String> operators, List<Column> columns) {

  private static final Span NOWHERE = new Span(0, 0);

  RewrittenAggregates {
    operators = List.copyOf(operators);
    columns = List.copyOf(columns);
  }

  /**
   * One entry of a list.
   *
   * @param operator how clients put the ranges' values together; without one they are the same
   */
  record Column(String alias, Optional<String> operator) {}

  /** Empty if an aggregate stands inside another expression: that can't be put together. */
  static Optional<RewrittenAggregates> of(Query query) {
    return switch (query.selection()) {
      case Selection.All() -> Optional.empty();
      case Selection.Value(Expression expression) -> value(query, expression);
      case Selection.Properties(List<Selection.Property> properties) -> list(query, properties);
    };
  }

  private static Optional<RewrittenAggregates> value(Query query, Expression expression) {
    Optional<Expression.Call> call = aggregate(expression);
    if (call.isEmpty()) {
      return query.aggregates()
          ? Optional.empty()
          : Optional.of(
              new RewrittenAggregates(definedGroups(query, expression), List.of(), List.of()));
    }
    Expression parts = new Expression.ArrayOf(List.of(parts(call.get())), NOWHERE);
    Selection selection =
        query.groupBy().isEmpty()
            ? new Selection.Value(parts)
            : new Selection.Properties(List.of(groupByItems(query), payload(parts)));
    return Optional.of(
        new RewrittenAggregates(
            with(query, selection, query.where()), List.of(operator(call.get())), List.of()));
  }

  /** Clients fail on a group without payload, and a group without a value is no row. */
  private static Query definedGroups(Query query, Expression expression) {
    Expression defined = new Expression.Call(Function.IS_DEFINED, List.of(expression), NOWHERE);
    Expression where =
        query
            .where()
            .<Expression>map(filter -> new Expression.And(List.of(filter, defined), NOWHERE))
            .orElse(defined);
    return with(
        query,
        new Selection.Properties(List.of(groupByItems(query), payload(expression))),
        Optional.of(where));
  }

  private static Optional<RewrittenAggregates> list(
      Query query, List<Selection.Property> properties) {
    List<Expression.Field> fields = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    int anonymous = 0;
    for (Selection.Property property : properties) {
      Optional<Expression.Call> call = aggregate(property.expression());
      if (call.isEmpty() && new Selection.Value(property.expression()).aggregates()) {
        return Optional.empty();
      }
      if (property.isAnonymous()) {
        anonymous++;
      }
      String name = property.name(anonymous);
      fields.add(
          new Expression.Field(
              name, call.map(RewrittenAggregates::parts).orElse(property.expression())));
      columns.add(new Column(name, call.map(RewrittenAggregates::operator)));
    }
    Selection.Property payload = payload(new Expression.ObjectOf(fields, NOWHERE));
    Selection selection =
        new Selection.Properties(
            query.groupBy().isEmpty() ? List.of(payload) : List.of(groupByItems(query), payload));
    return Optional.of(
        new RewrittenAggregates(with(query, selection, query.where()), List.of(), columns));
  }

  private static Selection.Property groupByItems(Query query) {
    Stream<Expression> items =
        query.groupBy().stream().map(expression -> object(field("item", expression)));
    return new Selection.Property(
        new Expression.ArrayOf(items.toList(), NOWHERE), Optional.of("groupByItems"));
  }

  private static Selection.Property payload(Expression expression) {
    return new Selection.Property(expression, Optional.of("payload"));
  }

  private static Optional<Expression.Call> aggregate(Expression expression) {
    return expression instanceof Expression.Call call && call.function().isAggregate()
        ? Optional.of(call)
        : Optional.empty();
  }

  /** Without limits: a range that held back groups would falsify them. */
  private static Query with(Query query, Selection selection, Optional<Expression> where) {
    return new Query(
        Optional.empty(),
        false,
        selection,
        query.from(),
        where,
        query.groupBy(),
        List.of(),
        false,
        Optional.empty());
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
