package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Runs a query over items. */
record QueryRun(Query query, Parameters parameters) {

  /**
   * The rows of the result.
   *
   * @param items in the order of their RIDs, which decides between equals
   */
  List<JsonNode> rows(List<? extends JsonNode> items) {
    List<JsonNode> matching = new ArrayList<>();
    List<? extends JsonNode> source = query.alias().isPresent() ? items : List.of(Values.UNDEFINED);
    for (JsonNode item : source) {
      if (query.where().isEmpty() || Values.isTrue(on(item).value(query.where().get()))) {
        matching.add(item);
      }
    }
    if (query.aggregates()) {
      Evaluator evaluator =
          new Evaluator(
              Values.UNDEFINED, parameters, Aggregates.of(query.selection(), matching, parameters));
      return limited(selected(evaluator).stream()).toList();
    }
    Stream<JsonNode> rows = sorted(matching).stream().flatMap(item -> selected(on(item)).stream());
    if (query.distinct()) {
      Set<String> seen = new HashSet<>();
      rows = rows.filter(row -> seen.add(Values.canonical(row)));
    }
    return limited(rows).toList();
  }

  private Evaluator on(JsonNode item) {
    return new Evaluator(item, parameters, Map.of());
  }

  /** Equals stay in the order of their RIDs, or in the reverse if the first criterion descends. */
  private List<JsonNode> sorted(List<JsonNode> items) {
    if (query.orderBy().isEmpty()) {
      return items;
    }
    record Keyed(JsonNode item, List<JsonNode> keys) {}

    Comparator<Keyed> comparator = (_, _) -> 0;
    for (int i = 0; i < query.orderBy().size(); i++) {
      int index = i;
      Comparator<Keyed> next =
          Comparator.comparing(keyed -> keyed.keys().get(index), Values::compare);
      comparator =
          comparator.thenComparing(query.orderBy().get(i).descending() ? next.reversed() : next);
    }
    List<JsonNode> inIndexOrder =
        query.orderBy().getFirst().descending() ? items.reversed() : items;
    return inIndexOrder.stream()
        .map(item -> new Keyed(item, keys(item)))
        .sorted(comparator)
        .map(Keyed::item)
        .toList();
  }

  private List<JsonNode> keys(JsonNode item) {
    return query.orderBy().stream().map(order -> on(item).value(order.expression())).toList();
  }

  /** What a row becomes; nothing if its value is undefined. */
  private Optional<JsonNode> selected(Evaluator evaluator) {
    return switch (query.selection()) {
      case Selection.All() -> Optional.of(evaluator.item());
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
