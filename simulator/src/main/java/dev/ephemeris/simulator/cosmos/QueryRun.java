package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Expression;
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
   * @param items in the order of their RIDs, which decides between equals
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
    List<Row> matching =
        sources
            .rows(around, query.from())
            .filter(row -> query.where().map(on(row)::value).map(Values::isTrue).orElse(true))
            .toList();
    boolean grouped = query.aggregates() || !query.groupBy().isEmpty();
    Stream<JsonNode> rows =
        (grouped ? groups(matching, around) : sorted(matching).stream().map(this::on))
            .flatMap(evaluator -> selected(evaluator).stream());
    if (query.distinct()) {
      Set<String> seen = new HashSet<>();
      rows = rows.filter(row -> seen.add(Values.canonical(row)));
    }
    return limited(rows).toList();
  }

  private Evaluator on(Row row) {
    return new Evaluator(row, parameters, Map.of());
  }

  /** Each group as its first row, with the values of the aggregates over all of them. */
  private Stream<Evaluator> groups(List<Row> rows, Row around) {
    return grouped(rows).stream()
        .map(
            group ->
                new Evaluator(
                    group.isEmpty() ? around : group.getFirst(),
                    parameters,
                    Aggregates.of(query.selection(), group, parameters)));
  }

  /** In the order in which they come; without GROUP BY all rows are one group, even if none is. */
  private Collection<List<Row>> grouped(List<Row> rows) {
    if (query.groupBy().isEmpty()) {
      return List.of(rows);
    }
    Map<List<String>, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      List<String> key =
          query.groupBy().stream().map(on(row)::value).map(Values::canonical).toList();
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(row);
    }
    return groups.values();
  }

  /** Equals stay in the order of their RIDs, or in the reverse if the first criterion descends. */
  private List<Row> sorted(List<Row> rows) {
    if (query.orderBy().isEmpty()) {
      return rows;
    }
    record Keyed(Row row, List<JsonNode> keys) {}

    Comparator<Keyed> comparator = (_, _) -> 0;
    for (int i = 0; i < query.orderBy().size(); i++) {
      int index = i;
      Comparator<Keyed> next =
          Comparator.comparing(keyed -> keyed.keys().get(index), Values::compare);
      comparator =
          comparator.thenComparing(query.orderBy().get(i).descending() ? next.reversed() : next);
    }
    List<Row> inIndexOrder = query.orderBy().getFirst().descending() ? rows.reversed() : rows;
    return inIndexOrder.stream()
        .map(row -> new Keyed(row, keys(row)))
        .sorted(comparator)
        .map(Keyed::row)
        .toList();
  }

  private List<JsonNode> keys(Row row) {
    return query.orderBy().stream().map(order -> on(row).value(order.expression())).toList();
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

  private Stream<JsonNode> limited(Stream<JsonNode> rows) {
    Limits limits = Limits.of(query, parameters);
    Stream<JsonNode> skipped = rows.skip(limits.offset().orElse(0));
    return limits.most().isPresent() ? skipped.limit(limits.most().getAsInt()) : skipped;
  }
}
