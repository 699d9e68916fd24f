package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/**
 * The values that a query's request gives beside its text.
 *
 * @param values by name, with the {@code @}
 */
record Parameters(Map<String, JsonNode> values) {

  static final Parameters NONE = new Parameters(Map.of());

  Parameters {
    values = Map.copyOf(values);
  }

  /** Reads the array of {@code {"name": …, "value": …}}. */
  static Parameters read(JsonNode array) {
    Map<String, JsonNode> values = new HashMap<>();
    for (JsonNode parameter : array) {
      JsonNode value = parameter.path("value");
      if (!value.isMissingNode()) {
        values.put(parameter.path("name").asText(), value);
      }
    }
    return new Parameters(values);
  }

  /** A value; undefined if it wasn't given. */
  JsonNode value(String name) {
    return values.getOrDefault(name, Values.UNDEFINED);
  }
}
