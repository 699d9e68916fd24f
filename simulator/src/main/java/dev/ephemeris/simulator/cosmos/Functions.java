package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.ephemeris.cosmos.sql.Function;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/** What the scalar functions compute. An argument of the wrong type makes the result undefined. */
final class Functions {

  private Functions() {}

  static JsonNode call(Function function, List<JsonNode> arguments) {
    JsonNode first = arguments.getFirst();
    return switch (function) {
      case IS_DEFINED -> Values.of(!first.isMissingNode());
      case IS_NULL -> Values.of(first.isNull());
      case IS_BOOL, IS_BOOLEAN -> Values.of(first.isBoolean());
      case IS_NUMBER -> Values.of(first.isNumber());
      case IS_STRING -> Values.of(first.isTextual());
      case IS_ARRAY -> Values.of(first.isArray());
      case IS_OBJECT -> Values.of(first.isObject());
      case IS_PRIMITIVE -> Values.of(!first.isMissingNode() && !first.isContainerNode());
      case STARTSWITH -> test(arguments, String::startsWith);
      case ENDSWITH -> test(arguments, String::endsWith);
      case CONTAINS -> test(arguments, String::contains);
      case STRINGEQUALS -> test(arguments, String::equals);
      case LOWER -> text(first, value -> value.toLowerCase(Locale.ROOT));
      case UPPER -> text(first, value -> value.toUpperCase(Locale.ROOT));
      case TRIM -> text(first, String::strip);
      case REVERSE -> text(first, value -> new StringBuilder(value).reverse().toString());
      case LENGTH ->
          first.isTextual() ? LongNode.valueOf(first.textValue().length()) : Values.UNDEFINED;
      case INDEX_OF -> indexOf(first, arguments.get(1));
      case SUBSTRING -> substring(first, arguments.get(1), arguments.get(2));
      case CONCAT -> concat(arguments);
      case ARRAY_CONTAINS -> arrayContains(arguments);
      case ARRAY_LENGTH -> first.isArray() ? LongNode.valueOf(first.size()) : Values.UNDEFINED;
      case ABS -> number(first, Math::abs);
      case CEILING -> number(first, Math::ceil);
      case FLOOR -> number(first, Math::floor);
      case COUNT, SUM, MIN, MAX, AVG ->
          throw new IllegalArgumentException(function + " is an aggregate");
    };
  }

  static JsonNode concat(List<JsonNode> parts) {
    StringBuilder text = new StringBuilder();
    for (JsonNode part : parts) {
      if (!part.isTextual()) {
        return Values.UNDEFINED;
      }
      text.append(part.textValue());
    }
    return TextNode.valueOf(text.toString());
  }

  private static JsonNode test(List<JsonNode> arguments, BiPredicate<String, String> test) {
    JsonNode text = arguments.get(0);
    JsonNode part = arguments.get(1);
    if (!text.isTextual() || !part.isTextual()) {
      return Values.UNDEFINED;
    }
    return arguments.size() > 2 && Values.isTrue(arguments.get(2))
        ? Values.of(test.test(folded(text), folded(part)))
        : Values.of(test.test(text.textValue(), part.textValue()));
  }

  private static String folded(JsonNode text) {
    return text.textValue().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static JsonNode text(JsonNode value, UnaryOperator<String> change) {
    return value.isTextual() ? TextNode.valueOf(change.apply(value.textValue())) : Values.UNDEFINED;
  }

  private static JsonNode number(JsonNode value, DoubleUnaryOperator change) {
    return value.isNumber()
        ? Numbers.of(change.applyAsDouble(value.doubleValue()))
        : Values.UNDEFINED;
  }

  private static JsonNode indexOf(JsonNode text, JsonNode part) {
    return text.isTextual() && part.isTextual()
        ? LongNode.valueOf(text.textValue().indexOf(part.textValue()))
        : Values.UNDEFINED;
  }

  private static JsonNode substring(JsonNode text, JsonNode from, JsonNode length) {
    if (!text.isTextual() || !from.isNumber() || !length.isNumber()) {
      return Values.UNDEFINED;
    }
    String value = text.textValue();
    int start = Math.clamp(from.longValue(), 0, value.length());
    int end = start + Math.clamp(length.longValue(), 0, value.length() - start);
    return TextNode.valueOf(value.substring(start, end));
  }

  private static JsonNode arrayContains(List<JsonNode> arguments) {
    JsonNode array = arguments.get(0);
    JsonNode wanted = arguments.get(1);
    if (!array.isArray() || wanted.isMissingNode()) {
      return Values.UNDEFINED;
    }
    boolean partially = arguments.size() > 2 && Values.isTrue(arguments.get(2));
    for (JsonNode element : array) {
      if (Values.equal(element, wanted) || (partially && holds(element, wanted))) {
        return Values.of(true);
      }
    }
    return Values.of(false);
  }

  private static boolean holds(JsonNode element, JsonNode part) {
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
}
