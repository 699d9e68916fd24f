package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import dev.ephemeris.cosmos.sql.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An ordered query as each range is asked it: every row with its RID and the values that it is
 * ordered by, so that the client can merge, and a place for the filter with which it resumes
 * (azure-cosmos {@code OrderByDocumentQueryExecutionContext}).
 */
final class RewrittenOrder {

  private static final Span NOWHERE = new Span(0, 0);

  /** Clients replace what is in the parentheses by {@code true} or by a filter. */
  private static final Expression FILTER =
      new Expression.Name("({documentdb-formattableorderbyquery-filter})", NOWHERE);

  private RewrittenOrder() {}

  static Query of(Query query, Optional<Query.Page> page) {
    Expression item = new Expression.Name(query.alias().orElse("c"), NOWHERE);
    List<Expression> keys = new ArrayList<>();
    for (Query.Order order : query.orderBy()) {
      keys.add(
          new Expression.ObjectOf(
              List.of(new Expression.Field("item", order.expression())), NOWHERE));
    }
    Selection selection =
        new Selection.Properties(
            List.of(
                property("_rid", new Expression.Member(item, "_rid", NOWHERE)),
                property("orderByItems", new Expression.ArrayOf(keys, NOWHERE)),
                property("payload", payload(query.selection(), item))));
    Expression where =
        query
            .where()
            .<Expression>map(filter -> new Expression.And(List.of(filter, FILTER), NOWHERE))
            .orElse(FILTER);
    return new Query(
        query.top(), false, selection, query.alias(), Optional.of(where), query.orderBy(), page);
  }

  private static Selection.Property property(String alias, Expression expression) {
    return new Selection.Property(expression, Optional.of(alias));
  }

  private static Expression payload(Selection selection, Expression item) {
    return switch (selection) {
      case Selection.All() -> item;
      case Selection.Value(Expression expression) -> expression;
      case Selection.Properties(List<Selection.Property> properties) -> {
        List<Expression.Field> fields = new ArrayList<>();
        int anonymous = 0;
        for (Selection.Property property : properties) {
          if (property.isAnonymous()) {
            anonymous++;
          }
          fields.add(new Expression.Field(property.name(anonymous), property.expression()));
        }
        yield new Expression.ObjectOf(fields, NOWHERE);
      }
    };
  }
}
