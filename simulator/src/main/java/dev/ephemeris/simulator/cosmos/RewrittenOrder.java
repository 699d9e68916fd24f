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

  /**
   * Empty if the rows have no item to be told apart by: they are those of a subquery.
   *
   * @param page what each range is limited to
   */
  static Optional<Query> of(Query query, Optional<Query.Page> page) {
    return query.from().flatMap(OrderedSources::of).map(sources -> of(query, sources, page));
  }

  private static Query of(Query query, OrderedSources sources, Optional<Query.Page> page) {
    List<Expression> keys = new ArrayList<>();
    for (Query.Order order : query.orderBy()) {
      keys.add(
          new Expression.ObjectOf(
              List.of(new Expression.Field("item", order.expression())), NOWHERE));
    }
    Expression item = new Expression.Name(sources.item(), NOWHERE);
    Expression star = new Expression.Name(sources.star(), NOWHERE);
    Selection selection =
        new Selection.Properties(
            List.of(
                property("_rid", new Expression.Member(item, "_rid", NOWHERE)),
                property("orderByItems", new Expression.ArrayOf(keys, NOWHERE)),
                property("payload", payload(query.selection(), star))));
    Expression where =
        query
            .where()
            .<Expression>map(filter -> new Expression.And(List.of(filter, FILTER), NOWHERE))
            .orElse(FILTER);
    // DISTINCT is the client's here, so a limit before it would take too much away.
    boolean limited = !query.distinct();
    return new Query(
        limited ? query.top() : Optional.empty(),
        false,
        selection,
        Optional.of(sources.from()),
        Optional.of(where),
        List.of(),
        query.orderBy(),
        false,
        limited ? page : Optional.empty());
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
