package dev.ephemeris.cosmos.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What must hold of a query beyond its grammar: names resolve, aggregates stand alone. */
final class Scope {

  /** How high a tree may grow, so that whoever walks it needs little stack. */
  private static final int MAX_HEIGHT = 256;

  private Scope() {}

  static void check(Query query) throws SyntaxException {
    List<Expression> selected = expressions(query.selection());
    List<Expression> perRow = new ArrayList<>();
    query.where().ifPresent(perRow::add);
    query.orderBy().forEach(order -> perRow.add(order.expression()));
    List<Expression> roots = Stream.concat(selected.stream(), perRow.stream()).toList();
    checkHeight(roots);
    for (Expression root : roots) {
      checkNames(query, root);
    }
    for (Expression expression : perRow) {
      refuse(expression, "An aggregate can't be used in WHERE or ORDER BY.");
    }
    if (query.aggregates()) {
      for (Expression expression : selected) {
        checkAggregate(expression);
      }
      if (!query.orderBy().isEmpty() || query.distinct()) {
        throw new SyntaxException(
            SyntaxError.of(
                "SC2102",
                selected.getFirst().at(),
                "An aggregate can't be used with ORDER BY or DISTINCT."));
      }
    }
    if (query.selection() instanceof Selection.All && query.alias().isEmpty()) {
      throw new SyntaxException(
          SyntaxError.of("SC2103", new Span(0, 0), "'SELECT *' is not valid without FROM."));
    }
  }

  private static void checkHeight(List<Expression> roots) throws SyntaxException {
    List<Expression> level = roots;
    for (int height = 0; !level.isEmpty(); height++) {
      if (height == MAX_HEIGHT) {
        throw new SyntaxException(SyntaxError.tooDeep(level.getFirst().at()));
      }
      level = level.stream().flatMap(expression -> expression.children().stream()).toList();
    }
  }

  static boolean aggregates(Selection selection) {
    return expressions(selection).stream().anyMatch(Scope::holdsAggregate);
  }

  /** Iterates over a list that is explicit, so that deep trees cost no stack. */
  private static Stream<Expression> all(Expression root) {
    List<Expression> found = new ArrayList<>(List.of(root));
    for (int i = 0; i < found.size(); i++) {
      found.addAll(found.get(i).children());
    }
    return found.stream();
  }

  private static void checkNames(Query query, Expression expression) throws SyntaxException {
    for (Expression part : all(expression).toList()) {
      if (part instanceof Expression.Name name
          && query.alias().filter(name.name()::equals).isEmpty()) {
        throw new SyntaxException(SyntaxError.unknownName(name));
      }
    }
  }

  private static boolean holdsAggregate(Expression expression) {
    return all(expression).anyMatch(Scope::isAggregate);
  }

  private static boolean isAggregate(Expression expression) {
    return expression instanceof Expression.Call call && call.function().isAggregate();
  }

  private static void refuse(Expression expression, String why) throws SyntaxException {
    if (holdsAggregate(expression)) {
      throw new SyntaxException(SyntaxError.of("SC2102", expression.at(), why));
    }
  }

  /** Every reference to the item stands inside an aggregate, and no aggregate inside another. */
  private static void checkAggregate(Expression expression) throws SyntaxException {
    if (isAggregate(expression)) {
      for (Expression argument : expression.children()) {
        refuse(argument, "An aggregate can't be used inside another.");
      }
      return;
    }
    if (expression instanceof Expression.Name name) {
      throw new SyntaxException(
          SyntaxError.of(
              "SC2102",
              name.at(),
              "'" + name.name() + "' is not contained in an aggregate function."));
    }
    for (Expression child : expression.children()) {
      checkAggregate(child);
    }
  }

  private static List<Expression> expressions(Selection selection) {
    return switch (selection) {
      case Selection.All() -> List.of();
      case Selection.Value(Expression expression) -> List.of(expression);
      case Selection.Properties(List<Selection.Property> properties) ->
          properties.stream().map(Selection.Property::expression).toList();
    };
  }
}
