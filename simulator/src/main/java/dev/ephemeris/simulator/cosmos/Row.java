package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One row of FROM: what each name stands for, those of the queries around it included. */
record Row(Map<String, JsonNode> values) {

  static final Row EMPTY = new Row(Map.of());

  /** Under it stands the value of the last source, whether or not that has a name. */
  private static final String STAR = "*";

  Row {
    values = Map.copyOf(values);
  }

  Row with(Optional<String> name, JsonNode value) {
    Map<String, JsonNode> more = new HashMap<>(values);
    name.ifPresent(given -> more.put(given, value));
    more.put(STAR, value);
    return new Row(more);
  }

  boolean names(String name) {
    return values.containsKey(name);
  }

  JsonNode value(String name) {
    return values.getOrDefault(name, Values.UNDEFINED);
  }

  /** What {@code SELECT *} selects. */
  JsonNode star() {
    return value(STAR);
  }
}
