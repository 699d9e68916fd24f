package dev.ephemeris.simulator.cosmos;

import static dev.ephemeris.simulator.cosmos.Values.UNDEFINED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Function;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Functions on arrays, and on objects as arrays. */
final class ArrayFunctions {

  private ArrayFunctions() {}

  static JsonNode call(Function function, List<JsonNode> arguments) {
    JsonNode first = arguments.getFirst();
    if (function == Function.OBJECTTOARRAY) {
      return first instanceof ObjectNode object ? pairs(object) : UNDEFINED;
    }
    if (!first.isArray()) {
      return UNDEFINED;
    }
    List<JsonNode> elements = first.valueStream().toList();
    return switch (function) {
      case ARRAY_LENGTH -> LongNode.valueOf(first.size());
      case ARRAY_CONTAINS -> contains(elements, arguments);
      case ARRAY_CONTAINS_ALL ->
          Values.of(wanted(arguments).allMatch(wanted -> holds(elements, wanted)));
      case ARRAY_CONTAINS_ANY ->
          Values.of(wanted(arguments).anyMatch(wanted -> holds(elements, wanted)));
      case ARRAY_CONCAT -> concat(arguments);
      case ARRAY_SLICE -> slice(elements, arguments);
      case ARRAY_SUM -> Aggregates.sum(elements);
      case ARRAY_AVG -> Aggregates.average(elements);
      case ARRAY_MIN -> Aggregates.least(elements, 1);
      case ARRAY_MAX -> Aggregates.least(elements, -1);
      case ARRAY_MEDIAN -> median(elements);
      case SETINTERSECT ->
          arguments.get(1).isArray() ? intersection(elements, arguments.get(1)) : UNDEFINED;
      case SETUNION ->
          arguments.get(1).isArray()
              ? distinct(Stream.concat(elements.stream(), arguments.get(1).valueStream()))
              : UNDEFINED;
      default -> throw new IllegalArgumentException(function + " is not about arrays");
    };
  }

  private static Stream<JsonNode> wanted(List<JsonNode> arguments) {
    return arguments.stream().skip(1).filter(value -> !value.isMissingNode());
  }

  private static boolean holds(List<JsonNode> elements, JsonNode wanted) {
    return elements.stream().anyMatch(element -> Values.equal(element, wanted));
  }

  private static JsonNode contains(List<JsonNode> elements, List<JsonNode> arguments) {
    JsonNode wanted = arguments.get(1);
    if (wanted.isMissingNode()) {
      return UNDEFINED;
    }
    boolean partially = arguments.size() > 2 && Values.isTrue(arguments.get(2));
    return Values.of(
        elements.stream()
            .anyMatch(
                element ->
                    Values.equal(element, wanted) || (partially && covers(element, wanted))));
  }

  private static boolean covers(JsonNode element, JsonNode part) {
    if (!(element instanceof ObjectNode) || !(part instanceof ObjectNode wanted)) {
      return false;
    }
    for (Map.Entry<String, JsonNode> property : wanted.properties()) {
      if (!Values.equal(element.path(property.getKey()), property.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode concat(List<JsonNode> arrays) {
    return arrays.stream().allMatch(JsonNode::isArray)
        ? array(arrays.stream().flatMap(JsonNode::valueStream))
        : UNDEFINED;
  }

  /** A negative start counts from the end. */
  private static JsonNode slice(List<JsonNode> elements, List<JsonNode> arguments) {
    JsonNode from = arguments.get(1);
    JsonNode length = arguments.size() > 2 ? arguments.get(2) : LongNode.valueOf(elements.size());
    if (!from.isNumber() || !length.isNumber()) {
      return UNDEFINED;
    }
    long asked = from.longValue() < 0 ? elements.size() + from.longValue() : from.longValue();
    int start = Math.clamp(asked, 0, elements.size());
    int taken = Math.clamp(length.longValue(), 0, elements.size() - start);
    return array(elements.subList(start, start + taken).stream());
  }

  private static JsonNode median(List<JsonNode> elements) {
    if (elements.isEmpty() || !elements.stream().allMatch(JsonNode::isNumber)) {
      return UNDEFINED;
    }
    List<Double> sorted =
        elements.stream().map(JsonNode::doubleValue).sorted(Comparator.naturalOrder()).toList();
    int middle = sorted.size() / 2;
    return Numbers.of(
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2);
  }

  private static JsonNode intersection(List<JsonNode> elements, JsonNode other) {
    List<JsonNode> others = other.valueStream().toList();
    return distinct(elements.stream().filter(element -> holds(others, element)));
  }

  private static JsonNode distinct(Stream<JsonNode> elements) {
    Set<String> seen = new HashSet<>();
    return array(elements.filter(element -> seen.add(Values.canonical(element))));
  }

  private static JsonNode pairs(ObjectNode object) {
    return array(
        object.properties().stream()
            .map(
                property ->
                    Json.object()
                        .put("k", property.getKey())
                        .<ObjectNode>set("v", property.getValue())));
  }

  private static JsonNode array(Stream<? extends JsonNode> elements) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    elements.forEach(array::add);
    return array;
  }
}
