package dev.ephemeris.cosmos.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One query, or a subquery.
 *
 * @param top how many rows at most
 * @param from without it there is one row, and no item
 * @param groupBy what the rows of one group have in common; empty without GROUP BY
 * @param ranked whether it is ORDER BY RANK: {@code orderBy} holds scores
 */
public record Query(
    Optional<Count> top,
    boolean distinct,
    Selection selection,
    Optional<From> from,
    Optional<Expression> where,
    List<Expression> groupBy,
    List<Order> orderBy,
    boolean ranked,
    Optional<Page> page)
    implements ParsedSql {

  /** The longest text that the service takes, in UTF-16 units. */
  public static final int MAX_LENGTH = 512 * 1024;

  public Query {
    groupBy = List.copyOf(groupBy);
    orderBy = List.copyOf(orderBy);
  }

  /** A number of rows, written or given as a parameter. */
  public sealed interface Count {
    record Fixed(int rows) implements Count {}

    /** The number is a parameter's value; its name is written with the {@code @}. */
    record Parameter(String name) implements Count {}
  }

  /** One criterion of ORDER BY. */
  public record Order(Expression expression, Direction direction) {

    /** Whether the greatest comes first. */
    public boolean descending() {
      return direction == Direction.DESCENDING;
    }
  }

  /** Which end comes first. */
  public enum Direction {
    ASCENDING,
    DESCENDING,
    /** What a score says when ORDER BY RANK says nothing: the function knows which is best. */
    BEST_FIRST
  }

  /** {@code OFFSET … LIMIT …}. */
  public record Page(Count offset, Count limit) {}

  /**
   * Reads a query. Never throws, and takes time and stack that the text's length bounds.
   *
   * <p>Refused although the service may run it, because Microsoft's published grammar and its
   * manual read it in two ways: {@code NOT a = b}, {@code a & b = c}, {@code a = b = c} and {@code
   * a ?? b ? c : d} without parentheses.
   */
  public static ParsedSql parse(String text) {
    return Parser.parse(text);
  }

  /** The same query with another WHERE. */
  public Query withWhere(Expression other) {
    return new Query(
        top, distinct, selection, from, Optional.of(other), groupBy, orderBy, ranked, page);
  }

  /** Text that parses to an equal query. */
  public String text() {
    return Printer.print(this, new Spelling.Exact());
  }

  /**
   * What is asked, without anything that it is asked about: {@code ?} stands for each literal, for
   * literals in a row, and for the name of a property that needs quotes. Parameters and other names
   * stay. The same however the query was laid out.
   */
  public String shape() {
    return Printer.print(this, new Spelling.Shape());
  }

  /** The name of the first source: of the item, where FROM names nothing but the container. */
  public Optional<String> alias() {
    return from.flatMap(sources -> sources.sources().getFirst().name());
  }

  /** Whether it makes one value of all rows, or of each group of them. */
  public boolean aggregates() {
    return selection.aggregates();
  }

  /** Every expression that stands in a clause, those of subqueries in FROM included. */
  public List<Expression> expressions() {
    List<Expression> all = new ArrayList<>(selection.expressions());
    from.ifPresent(
        sources -> {
          for (From.Source source : sources.sources()) {
            switch (source.of()) {
              case From.Path(Expression path) -> all.add(path);
              case From.Rows(Query query) -> all.addAll(query.expressions());
            }
          }
        });
    where.ifPresent(all::add);
    all.addAll(groupBy);
    orderBy.forEach(order -> all.add(order.expression()));
    return all;
  }
}
