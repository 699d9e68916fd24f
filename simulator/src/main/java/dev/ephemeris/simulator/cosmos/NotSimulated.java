package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.From;
import dev.ephemeris.cosmos.sql.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what a query uses that the service can and this can't, so that nothing is guessed at. */
final class NotSimulated {

  private NotSimulated() {}

  static Optional<String> in(Query query) {
    if (query.ranked()) {
      return Optional.of("ORDER BY RANK");
    }
    for (From.Source source : query.from().map(From::sources).orElse(List.of())) {
      if (source.of() instanceof From.Rows(Query rows)) {
        Optional<String> found = in(rows);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    List<Expression> all = new ArrayList<>(query.expressions());
    for (int i = 0; i < all.size(); i++) {
      Expression expression = all.get(i);
      Optional<String> found =
          expression.query().flatMap(NotSimulated::in).or(() -> in(expression));
      if (found.isPresent()) {
        return found;
      }
      all.addAll(expression.children());
    }
    return Optional.empty();
  }

  private static Optional<String> in(Expression expression) {
    return switch (expression) {
      case Expression.UserDefinedCall call -> Optional.of("udf." + call.name());
      case Expression.Call call when !Functions.isSimulated(call) ->
          Optional.of(
              call.function().spelling() + " with " + call.arguments().size() + " argument(s)");
      default -> Optional.empty();
    };
  }
}
