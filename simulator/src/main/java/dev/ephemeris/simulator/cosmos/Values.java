package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** How values compare. Undefined is Jackson's {@code MissingNode}. */
final class Values {

  static final JsonNode UNDEFINED = MissingNode.getInstance();

  /** {@code 1} and {@code 1.0} are one number. */
  private static final Comparator<JsonNode> NUMBERS_BY_VALUE =
      (a, b) ->
          a.isNumber() && b.isNumber()
              ? Double.compare(a.doubleValue() + 0.0, b.doubleValue() + 0.0)
              : a.equals(b) ? 0 : 1;

  private Values() {}

  static JsonNode of(boolean value) {
    return BooleanNode.valueOf(value);
  }

  static boolean isTrue(JsonNode value) {
    return value.isBoolean() && value.booleanValue();
  }

  static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  static boolean equal(JsonNode a, JsonNode b) {
    return a.equals(NUMBERS_BY_VALUE, b);
  }

  /** Whether SQL can say which is less: scalars of one type. */
  static boolean comparable(JsonNode a, JsonNode b) {
    return rank(a) == rank(b) && !a.isMissingNode() && !a.isContainerNode();
  }

  /** The order of ORDER BY: by type, then by value; arrays and objects tie. */
  static int compare(JsonNode a, JsonNode b) {
    int byType = Integer.compare(rank(a), rank(b));
    if (byType != 0) {
      return byType;
    }
    return switch (a.getNodeType()) {
      case BOOLEAN -> Boolean.compare(a.booleanValue(), b.booleanValue());
      case NUMBER -> Double.compare(a.doubleValue() + 0.0, b.doubleValue() + 0.0);
      case STRING -> a.textValue().compareTo(b.textValue());
      default -> 0;
    };
  }

  private static int rank(JsonNode value) {
    return switch (value.getNodeType()) {
      case MISSING -> 0;
      case NULL -> 1;
      case BOOLEAN -> 2;
      case NUMBER -> 3;
      case STRING -> 4;
      case ARRAY -> 5;
      case OBJECT -> 6;
      case BINARY, POJO -> throw new IllegalArgumentException("not JSON: " + value.getNodeType());
    };
  }

  /** Text that is the same for values that are equal. */
  static String canonical(JsonNode value) {
    StringBuilder text = new StringBuilder();
    canonical(value, text);
    return text.toString();
  }

  private static void canonical(JsonNode value, StringBuilder text) {
    switch (value.getNodeType()) {
      case NUMBER -> text.append(value.doubleValue() + 0.0);
      case ARRAY -> {
        text.append('[');
        value.forEach(element -> canonical(element, text.append(',')));
        text.append(']');
      }
      case OBJECT -> {
        text.append('{');
        Map<String, JsonNode> sorted = new TreeMap<>();
        ((ObjectNode) value).properties().forEach(p -> sorted.put(p.getKey(), p.getValue()));
        sorted.forEach(
            (name, property) -> {
              text.append(',').append(Json.object().put(name, true)).append(':');
              canonical(property, text);
            });
        text.append('}');
      }
      default -> text.append(value);
    }
  }
}
