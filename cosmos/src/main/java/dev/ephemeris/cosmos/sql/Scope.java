package dev.ephemeris.cosmos.sql;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What must hold of a query beyond its grammar: names resolve, aggregates stand where they can. */
final class Scope {

  /** How high a tree may grow, so that whoever walks it needs little stack. */
  private static final int MAX_HEIGHT = 256;

  private final Query query;
  private final Set<String> names;
  private final Set<Expression> grouped;

  private Scope(Query query, Set<String> names) {
    this.query = query;
    this.names = names;
    this.grouped = Set.copyOf(query.groupBy());
  }

  static void check(Query query) throws SyntaxException {
    checkHeight(query.expressions());
    of(query, Set.of(), true).check();
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

  /**
   * The names that a query's expressions may use: those around it, and those of its FROM, each of
   * which may refer to the ones before.
   *
   * @param overContainer whether a name that nothing gave can be the container's
   */
  private static Scope of(Query query, Set<String> outer, boolean overContainer)
      throws SyntaxException {
    Set<String> names = new HashSet<>(outer);
    Set<String> given = new HashSet<>();
    boolean first = true;
    for (From.Source source : query.from().map(From::sources).orElse(List.of())) {
      switch (source.of()) {
        case From.Path path -> {
          Expression.Name root = path.root();
          if (!names.contains(root.name()) && !(first && overContainer)) {
            throw new SyntaxException(SyntaxError.unknownName(root));
          }
        }
        case From.Rows(Query rows) -> of(rows, names, first && overContainer).check();
      }
      Optional<String> name = source.name();
      if (name.isPresent() && !given.add(name.get())) {
        throw new SyntaxException(SyntaxError.repeatedName(name.get(), place(source)));
      }
      name.ifPresent(names::add);
      first = false;
    }
    return new Scope(query, names);
  }

  private static Span place(From.Source source) {
    return switch (source.of()) {
      case From.Path(Expression path) -> path.at();
      case From.Rows(Query rows) ->
          rows.expressions().stream().findFirst().map(Expression::at).orElse(new Span(0, 0));
    };
  }

  private void check() throws SyntaxException {
    List<Expression> selected = query.selection().expressions();
    List<Expression> perRow = new ArrayList<>();
    query.where().ifPresent(perRow::add);
    perRow.addAll(query.groupBy());
    query.orderBy().forEach(order -> perRow.add(order.expression()));
    for (Expression root : Stream.concat(selected.stream(), perRow.stream()).toList()) {
      checkNames(root);
    }
    for (Expression expression : perRow) {
      refuse(expression, "An aggregate can't be used in WHERE, GROUP BY or ORDER BY.");
    }
    if (query.selection() instanceof Selection.All) {
      checkStar();
    }
    if (query.aggregates() || !query.groupBy().isEmpty()) {
      checkGroups(selected);
    }
    if (query.ranked()) {
      checkScores();
    }
  }

  private void checkStar() throws SyntaxException {
    List<From.Source> sources = query.from().map(From::sources).orElse(List.of());
    if (sources.isEmpty()) {
      throw new SyntaxException(
          SyntaxError.of("SC2103", new Span(0, 0), "'SELECT *' is not valid without FROM."));
    }
    if (sources.size() > 1) {
      throw new SyntaxException(
          SyntaxError.of(
              "SC2103",
              place(sources.get(1)),
              "'SELECT *' is only valid with a single input set in the FROM clause."));
    }
    if (!query.groupBy().isEmpty()) {
      throw new SyntaxException(
          SyntaxError.of(
              "SC2102",
              query.groupBy().getFirst().at(),
              "'SELECT *' can't be used with GROUP BY."));
    }
  }

  private void checkGroups(List<Expression> selected) throws SyntaxException {
    for (Expression expression : selected) {
      checkGrouped(expression);
    }
    if (!query.orderBy().isEmpty() || (query.distinct() && query.groupBy().isEmpty())) {
      throw new SyntaxException(
          SyntaxError.of(
              "SC2102",
              selected.getFirst().at(),
              "An aggregate or GROUP BY can't be used with ORDER BY, nor an aggregate alone with"
                  + " DISTINCT."));
    }
  }

  private void checkScores() throws SyntaxException {
    for (Query.Order order : query.orderBy()) {
      if (!(order.expression() instanceof Expression.Call)) {
        throw new SyntaxException(
            SyntaxError.of(
                "SC2104", order.expression().at(), "ORDER BY RANK takes functions that score."));
      }
    }
  }

  /**
   * The expression and what it is made of; not what is in subqueries. Iterates over a list that is
   * explicit, so that deep trees cost no stack.
   */
  private static List<Expression> own(Expression root) {
    List<Expression> found = new ArrayList<>(List.of(root));
    for (int i = 0; i < found.size(); i++) {
      if (found.get(i).query().isEmpty()) {
        found.addAll(found.get(i).children());
      }
    }
    return found;
  }

  private void checkNames(Expression expression) throws SyntaxException {
    for (Expression part : own(expression)) {
      if (part instanceof Expression.Name name && !names.contains(name.name())) {
        throw new SyntaxException(SyntaxError.unknownName(name));
      }
      if (part.query().isPresent()) {
        of(part.query().get(), names, false).check();
      }
    }
  }

  static boolean holdsAggregate(Expression expression) {
    return own(expression).stream().anyMatch(Scope::isAggregate);
  }

  private static boolean isAggregate(Expression expression) {
    return expression instanceof Expression.Call call && call.function().isAggregate();
  }

  private static void refuse(Expression expression, String why) throws SyntaxException {
    if (holdsAggregate(expression)) {
      throw new SyntaxException(SyntaxError.of("SC2102", expression.at(), why));
    }
  }

  /**
   * Every name stands inside an aggregate or in what the rows are grouped by, and no aggregate
   * inside another.
   */
  private void checkGrouped(Expression expression) throws SyntaxException {
    if (grouped.contains(expression)) {
      return;
    }
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
              "'"
                  + name.name()
                  + "' is not contained in an aggregate function"
                  + (query.groupBy().isEmpty() ? "." : " or in GROUP BY.")));
    }
    if (expression.query().isPresent()) {
      throw new SyntaxException(
          SyntaxError.of(
              "SC2102", expression.at(), "A subquery can't be used beside an aggregate."));
    }
    for (Expression child : expression.children()) {
      checkGrouped(child);
    }
  }
}
