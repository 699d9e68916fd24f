package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.From;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Runs a query over items, or a subquery over a row of the query around it. */
record QueryRun(Query query, Parameters parameters) {

  /**
   * The rows of the result.
   *
   * @param items in the order in which rows come, unless the query says another
   */
  List<JsonNode> rows(List<? extends JsonNode> items) {
    return rows(items, Row.EMPTY);
  }

  List<JsonNode> rows(List<? extends JsonNode> items, Row around) {
    return rows(new Sources(Optional.of(items), parameters), around);
  }

  /** The rows of a subquery. */
  List<JsonNode> rows(Row around) {
    return rows(new Sources(Optional.empty(), parameters), around);
  }

  private List<JsonNode> rows(Sources sources, Row around) {
    return limited(placed(matching(sources, around, 0), around), Optional.empty(), 0)
        .map(Placed::row)
        .toList();
  }

  /** A row of the result, and where it stands. */
  record Placed(Position position, JsonNode row) {}

  /**
   * The rows of the result that come after those of earlier pages.
   *
   * @param last the last row of them; empty if there were none
   * @param given how many they were
   */
  List<Placed> page(List<Item> items, Optional<Position> last, int given) {
    List<At> matching =
        isPerItem(query)
            ? items.stream().flatMap(item -> matching(item).stream()).toList()
            : matching(
                new Sources(Optional.of(items.stream().map(Item::content).toList()), parameters),
                Row.EMPTY,
                0);
    return limited(placed(matching, Row.EMPTY), last, given).toList();
  }

  /** How many values its rows are ordered or grouped by. */
  int keys() {
    return isGrouped() ? query.groupBy().size() : query.orderBy().size();
  }

  /** Whether each row of FROM is made from one item; else they are counted. */
  private static boolean isPerItem(Query query) {
    return query
        .from()
        .map(from -> from.sources().getFirst().of())
        .map(
            first ->
                switch (first) {
                  case From.Path _ -> true;
                  case From.Rows(Query rows) -> !QueryPlan.isNeeded(rows) && isPerItem(rows);
                })
        .orElse(false);
  }

  private boolean isGrouped() {
    return query.aggregates() || !query.groupBy().isEmpty();
  }

  /** A row of FROM that WHERE lets pass, and which one it is of those made from an item. */
  private record At(Row row, long item, int index) {}

  private List<At> matching(Item item) {
    Sources sources = new Sources(Optional.of(List.of(item.content())), parameters);
    return matching(sources, Row.EMPTY, item.number());
  }

  private List<At> matching(Sources sources, Row around, long item) {
    List<At> matching = new ArrayList<>();
    sources
        .rows(around, query.from())
        .filter(row -> query.where().map(on(row)::value).map(Values::isTrue).orElse(true))
        .forEach(row -> matching.add(new At(row, item, matching.size())));
    return matching;
  }

  /** What becomes a row of the result, and where that stands. */
  private record Candidate(Position position, Evaluator evaluator) {}

  private Stream<Placed> placed(List<At> matching, Row around) {
    List<Candidate> candidates =
        new ArrayList<>(isGrouped() ? groups(matching, around) : candidates(matching));
    candidates.sort(Comparator.comparing(Candidate::position, order()));
    Stream<Placed> rows =
        candidates.stream()
            .flatMap(
                candidate ->
                    selected(candidate.evaluator())
                        .map(row -> new Placed(candidate.position(), row))
                        .stream());
    if (query.distinct()) {
      Set<String> seen = new HashSet<>();
      rows = rows.filter(placed -> seen.add(Values.canonical(placed.row())));
    }
    return rows;
  }

  /**
   * By what the query orders by; equals by their items, or in the reverse if the first criterion
   * descends. Groups by their keys: any order will do, if only it is the same for all partitions.
   */
  private Comparator<Position> order() {
    Comparator<Position> order = (_, _) -> 0;
    for (int i = 0; i < keys(); i++) {
      int index = i;
      Comparator<Position> next =
          Comparator.comparing(position -> position.keys().get(index), Values::compare);
      if (isGrouped()) {
        next = next.thenComparing(position -> Values.canonical(position.keys().get(index)));
      } else if (query.orderBy().get(i).descending()) {
        next = next.reversed();
      }
      order = order.thenComparing(next);
    }
    Comparator<Position> byItem =
        Comparator.comparingLong(Position::item).thenComparingInt(Position::row);
    boolean descending =
        !isGrouped() && !query.orderBy().isEmpty() && query.orderBy().getFirst().descending();
    return order.thenComparing(descending ? byItem.reversed() : byItem);
  }

  private Evaluator on(Row row) {
    return new Evaluator(row, parameters, Map.of());
  }

  private List<Candidate> candidates(List<At> matching) {
    return matching.stream()
        .map(
            at ->
                new Candidate(
                    new Position(
                        values(query.orderBy().stream().map(Query.Order::expression), at.row()),
                        at.item(),
                        at.index()),
                    on(at.row())))
        .toList();
  }

  private List<JsonNode> values(Stream<Expression> expressions, Row row) {
    return expressions.map(on(row)::value).toList();
  }

  /** Each group as its first row, with the values of the aggregates over all of them. */
  private List<Candidate> groups(List<At> matching, Row around) {
    return grouped(matching.stream().map(At::row).toList()).stream()
        .map(
            group -> {
              Row first = group.isEmpty() ? around : group.getFirst();
              return new Candidate(
                  new Position(values(query.groupBy().stream(), first), 0, 0),
                  new Evaluator(
                      first, parameters, Aggregates.of(query.selection(), group, parameters)));
            })
        .toList();
  }

  /** Without GROUP BY all rows are one group, even if none is. */
  private Collection<List<Row>> grouped(List<Row> rows) {
    if (query.groupBy().isEmpty()) {
      return List.of(rows);
    }
    Map<List<String>, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      List<String> key =
          values(query.groupBy().stream(), row).stream().map(Values::canonical).toList();
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
    }
    return groups.values();
  }

  /** What a row becomes; nothing if its value is undefined. */
  private Optional<JsonNode> selected(Evaluator evaluator) {
    return switch (query.selection()) {
      case Selection.All() -> Optional.of(evaluator.row().star());
      case Selection.Value(Expression expression) ->
          Optional.of(evaluator.value(expression)).filter(value -> !value.isMissingNode());
      case Selection.Properties(List<Selection.Property> properties) ->
          Optional.of(properties(evaluator, properties));
    };
  }

  private static ObjectNode properties(Evaluator evaluator, List<Selection.Property> properties) {
    ObjectNode row = Json.object();
    int anonymous = 0;
    for (Selection.Property property : properties) {
      if (property.isAnonymous()) {
        anonymous++;
      }
      JsonNode value = evaluator.value(property.expression());
      if (!value.isMissingNode()) {
        row.set(property.name(anonymous), value);
      }
    }
    return row;
  }

  private Stream<Placed> limited(Stream<Placed> rows, Optional<Position> last, int given) {
    Limits limits = Limits.of(query, parameters);
    Comparator<Position> order = order();
    Stream<Placed> skipped =
        last.map(end -> rows.filter(row -> order.compare(row.position(), end) > 0))
            .orElseGet(() -> rows.skip(limits.offset().orElse(0)));
    return limits.most().isPresent()
        ? skipped.limit(Math.max(0, limits.most().getAsInt() - given))
        : skipped;
  }
}
