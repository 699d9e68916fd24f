package dev.ephemeris.cosmos.sql;

import java.util.List;
import java.util.Optional;

/**
 * One query.
 *
 * @param top how many rows at most
 * @param alias the name that FROM gives to the item; without FROM there is one row and no item
 */
public record Query(
    Optional<Count> top,
    boolean distinct,
    Selection selection,
    Optional<String> alias,
    Optional<Expression> where,
    List<Order> orderBy,
    Optional<Page> page)
    implements ParsedSql {

  /** The longest text that the service takes, in UTF-16 units. */
  public static final int MAX_LENGTH = 512 * 1024;

  public Query {
    orderBy = List.copyOf(orderBy);
  }

  /** A number of rows, written or given as a parameter. */
  public sealed interface Count {
    record Fixed(int rows) implements Count {}

    /** The number is a parameter's value; its name is written with the {@code @}. */
    record Parameter(String name) implements Count {}
  }

  /** One criterion of ORDER BY. */
  public record Order(Expression expression, boolean descending) {}

  /** {@code OFFSET … LIMIT …}. */
  public record Page(Count offset, Count limit) {}

  /**
   * Reads a query. Never throws, and takes time and stack that the text's length bounds.
   *
   * <p>Refused although the service may run them, because they can be read in two ways or aren't
   * known here yet: {@code NOT a = b} without parentheses (Microsoft's grammar binds NOT tighter
   * than its manual), JOIN, GROUP BY, subqueries, LIKE, {@code ?:}, {@code ??}, bit operators and
   * user-defined functions.
   */
  public static ParsedSql parse(String text) {
    return Parser.parse(text);
  }

  /** Text that parses to an equal query. */
  public String text() {
    return Printer.print(this);
  }

  /** Whether it makes one value of all rows. */
  public boolean aggregates() {
    return Scope.aggregates(selection);
  }
}
