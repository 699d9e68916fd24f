package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.From;
import dev.ephemeris.cosmos.sql.Function;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import java.util.List;
import java.util.Optional;

/**
 * {@code SELECT COUNT(1) FROM (SELECT DISTINCT …)}: the client takes the distinct rows of all
 * ranges and counts them (azure-cosmos {@code DCountDocumentQueryExecutionContext}).
 *
 * @param alias the name of the count in a list, where it has one
 */
record DistinctCount(Query rows, boolean isValue, Optional<String> alias) {

  static Optional<DistinctCount> of(Query query) {
    boolean plain =
        query.where().isEmpty()
            && query.groupBy().isEmpty()
            && query.orderBy().isEmpty()
            && query.page().isEmpty()
            && query.top().isEmpty();
    return plain ? query.from().flatMap(from -> of(from, query.selection())) : Optional.empty();
  }

  private static Optional<DistinctCount> of(From from, Selection selection) {
    From.Source first = from.sources().getFirst();
    boolean distinct =
        from.sources().size() == 1
            && !first.iterated()
            && first.of() instanceof From.Rows(Query inner)
            && inner.distinct()
            && inner.top().isEmpty()
            && inner.page().isEmpty()
            && inner.orderBy().isEmpty()
            && inner.groupBy().isEmpty();
    if (!distinct || !(first.of() instanceof From.Rows(Query rows))) {
      return Optional.empty();
    }
    return switch (selection) {
      case Selection.Value(Expression expression) when isCountOfRows(expression) ->
          Optional.of(new DistinctCount(rows, true, Optional.empty()));
      case Selection.Properties(List<Selection.Property> properties)
          when properties.size() == 1 && isCountOfRows(properties.getFirst().expression()) ->
          Optional.of(new DistinctCount(rows, false, properties.getFirst().alias()));
      default -> Optional.empty();
    };
  }

  private static boolean isCountOfRows(Expression expression) {
    return expression instanceof Expression.Call call
        && call.function() == Function.COUNT
        && call.arguments().getFirst() instanceof Expression.Literal literal
        && !literal.value().isMissingNode();
  }
}
