package dev.ephemeris.cosmos.sql;

import java.util.List;
import java.util.Optional;

/** What a query makes of each row. */
public sealed interface Selection {

  /** The expressions in it, in the order of the text. */
  default List<Expression> expressions() {
    return switch (this) {
      case All() -> List.of();
      case Value(Expression expression) -> List.of(expression);
      case Properties(List<Property> properties) ->
          properties.stream().map(Property::expression).toList();
    };
  }

  /** Whether it makes one value of all rows, or of each group of them. */
  default boolean aggregates() {
    return expressions().stream().anyMatch(Scope::holdsAggregate);
  }

  /** {@code SELECT *}: the item as it is. */
  record All() implements Selection {}

  /** {@code SELECT VALUE x}: the value alone; a row whose value is undefined falls away. */
  record Value(Expression expression) implements Selection {}

  /** {@code SELECT a, b AS c}: an object of those that are defined. */
  record Properties(List<Property> properties) implements Selection {
    public Properties {
      properties = List.copyOf(properties);
    }
  }

  /** One entry of a list, with the name that {@code AS} gives it. */
  record Property(Expression expression, Optional<String> alias) {

    /**
     * The name in the result: the alias, else the last property's, else {@code $n}.
     *
     * @param ordinal which of the entries without either this is, from 1
     */
    public String name(int ordinal) {
      return alias.orElseGet(
          () ->
              switch (expression) {
                case Expression.Member member -> member.name();
                case Expression.Name name -> name.name();
                default -> "$" + ordinal;
              });
    }

    /** Whether the name is made up. */
    public boolean isAnonymous() {
      return alias.isEmpty()
          && !(expression instanceof Expression.Member || expression instanceof Expression.Name);
    }
  }
}
