package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.sql.Query;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** TOP, OFFSET and LIMIT with their parameters put in. */
record Limits(OptionalInt top, OptionalInt offset, OptionalInt limit) {

  static Limits of(Query query, Parameters parameters) {
    return new Limits(
        rows(query.top(), parameters),
        rows(query.page().map(Query.Page::offset), parameters),
        rows(query.page().map(Query.Page::limit), parameters));
  }

  /** Whether every number that the query leaves to a parameter is given and is one. */
  static boolean areGiven(Query query, Parameters parameters) {
    return Stream.of(
            query.top(), query.page().map(Query.Page::offset), query.page().map(Query.Page::limit))
        .flatMap(Optional::stream)
        .allMatch(count -> rows(Optional.of(count), parameters).isPresent());
  }

  private static OptionalInt rows(Optional<Query.Count> count, Parameters parameters) {
    if (count.isEmpty()) {
      return OptionalInt.empty();
    }
    return switch (count.get()) {
      case Query.Count.Fixed(int rows) -> OptionalInt.of(rows);
      case Query.Count.Parameter(String name) -> {
        JsonNode value = parameters.value(name);
        yield value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 0
            ? OptionalInt.of(value.intValue())
            : OptionalInt.empty();
      }
    };
  }

  OptionalInt most() {
    return top.isPresent() ? top : limit;
  }
}
