package dev.ephemeris.simulator.cosmos;

import static dev.ephemeris.simulator.cosmos.Values.UNDEFINED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.ephemeris.cosmos.sql.Function;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Functions on strings; lengths and places count UTF-16 units. */
final class TextFunctions {

  /** The longest text that REPLICATE makes. */
  private static final int MAX_REPLICATED = 10_000;

  private TextFunctions() {}

  static JsonNode call(Function function, List<JsonNode> arguments) {
    JsonNode first = arguments.getFirst();
    return switch (function) {
      case STARTSWITH -> test(arguments, String::startsWith);
      case ENDSWITH -> test(arguments, String::endsWith);
      case CONTAINS -> test(arguments, String::contains);
      case STRINGEQUALS -> test(arguments, String::equals);
      case REGEXMATCH -> regexMatch(arguments);
      case LOWER -> text(first, value -> value.toLowerCase(Locale.ROOT));
      case UPPER -> text(first, value -> value.toUpperCase(Locale.ROOT));
      case TRIM -> text(first, String::strip);
      case LTRIM -> text(first, String::stripLeading);
      case RTRIM -> text(first, String::stripTrailing);
      case REVERSE -> text(first, value -> new StringBuilder(value).reverse().toString());
      case LENGTH -> first.isTextual() ? LongNode.valueOf(first.textValue().length()) : UNDEFINED;
      case INDEX_OF -> indexOf(arguments);
      case LEFT -> part(first, LongNode.valueOf(0), arguments.get(1));
      case RIGHT -> right(first, arguments.get(1));
      case SUBSTRING -> part(first, arguments.get(1), arguments.get(2));
      case REPLACE -> replace(arguments);
      case REPLICATE -> replicate(first, arguments.get(1));
      case CONCAT -> concat(arguments);
      case STRINGJOIN -> join(first, arguments.get(1));
      case STRINGSPLIT -> split(first, arguments.get(1));
      case STRINGTOARRAY -> parsed(first, JsonNode::isArray);
      case STRINGTOBOOLEAN -> parsed(first, JsonNode::isBoolean);
      case STRINGTONULL -> parsed(first, JsonNode::isNull);
      case STRINGTONUMBER -> parsed(first, JsonNode::isNumber);
      case STRINGTOOBJECT -> parsed(first, JsonNode::isObject);
      case TOSTRING -> written(first);
      default -> throw new IllegalArgumentException(function + " is not about strings");
    };
  }

  static JsonNode concat(List<JsonNode> parts) {
    return areTexts(parts)
        ? TextNode.valueOf(String.join("", parts.stream().map(JsonNode::textValue).toList()))
        : UNDEFINED;
  }

  private static boolean areTexts(List<JsonNode> values) {
    return values.stream().allMatch(JsonNode::isTextual);
  }

  private static JsonNode test(List<JsonNode> arguments, BiPredicate<String, String> test) {
    JsonNode text = arguments.get(0);
    JsonNode part = arguments.get(1);
    if (!text.isTextual() || !part.isTextual()) {
      return UNDEFINED;
    }
    return arguments.size() > 2 && Values.isTrue(arguments.get(2))
        ? Values.of(test.test(folded(text), folded(part)))
        : Values.of(test.test(text.textValue(), part.textValue()));
  }

  private static String folded(JsonNode text) {
    return text.textValue().toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  private static JsonNode regexMatch(List<JsonNode> arguments) {
    if (!areTexts(arguments)) {
      return UNDEFINED;
    }
    int flags = 0;
    for (char modifier : (arguments.size() > 2 ? arguments.get(2).textValue() : "").toCharArray()) {
      switch (modifier) {
        case 'm' -> flags |= Pattern.MULTILINE;
        case 's' -> flags |= Pattern.DOTALL;
        case 'i' -> flags |= Pattern.CASE_INSENSITIVE;
        case 'x' -> flags |= Pattern.COMMENTS;
        default -> {
          return UNDEFINED;
        }
      }
    }
    try {
      Pattern pattern = Pattern.compile(arguments.get(1).textValue(), flags);
      return Values.of(pattern.matcher(arguments.get(0).textValue()).find());
    } catch (PatternSyntaxException notAnExpression) {
      return UNDEFINED;
    }
  }

  private static JsonNode text(JsonNode value, UnaryOperator<String> change) {
    return value.isTextual() ? TextNode.valueOf(change.apply(value.textValue())) : UNDEFINED;
  }

  private static JsonNode indexOf(List<JsonNode> arguments) {
    JsonNode text = arguments.get(0);
    JsonNode part = arguments.get(1);
    JsonNode from = arguments.size() > 2 ? arguments.get(2) : LongNode.valueOf(0);
    return text.isTextual() && part.isTextual() && from.isNumber()
        ? LongNode.valueOf(text.textValue().indexOf(part.textValue(), from.intValue()))
        : UNDEFINED;
  }

  private static JsonNode part(JsonNode text, JsonNode from, JsonNode length) {
    if (!text.isTextual() || !from.isNumber() || !length.isNumber()) {
      return UNDEFINED;
    }
    String value = text.textValue();
    int start = Math.clamp(from.longValue(), 0, value.length());
    int end = start + Math.clamp(length.longValue(), 0, value.length() - start);
    return TextNode.valueOf(value.substring(start, end));
  }

  private static JsonNode right(JsonNode text, JsonNode length) {
    if (!text.isTextual() || !length.isNumber()) {
      return UNDEFINED;
    }
    String value = text.textValue();
    int taken = Math.clamp(length.longValue(), 0, value.length());
    return TextNode.valueOf(value.substring(value.length() - taken));
  }

  private static JsonNode replace(List<JsonNode> arguments) {
    if (!areTexts(arguments)) {
      return UNDEFINED;
    }
    String text = arguments.get(0).textValue();
    String part = arguments.get(1).textValue();
    return TextNode.valueOf(part.isEmpty() ? text : text.replace(part, arguments.get(2).asText()));
  }

  private static JsonNode replicate(JsonNode text, JsonNode times) {
    if (!text.isTextual()
        || !times.isNumber()
        || times.doubleValue() < 0
        || text.textValue().length() * times.doubleValue() > MAX_REPLICATED) {
      return UNDEFINED;
    }
    String value = text.textValue();
    return TextNode.valueOf(value.isEmpty() ? value : value.repeat(times.intValue()));
  }

  private static JsonNode join(JsonNode array, JsonNode separator) {
    List<JsonNode> parts = array.valueStream().toList();
    return array.isArray() && separator.isTextual() && areTexts(parts)
        ? TextNode.valueOf(
            String.join(separator.textValue(), parts.stream().map(JsonNode::textValue).toList()))
        : UNDEFINED;
  }

  private static JsonNode split(JsonNode text, JsonNode separator) {
    if (!text.isTextual() || !separator.isTextual()) {
      return UNDEFINED;
    }
    ArrayNode parts = JsonNodeFactory.instance.arrayNode();
    if (separator.textValue().isEmpty()) {
      return parts.add(text);
    }
    for (String part : text.textValue().split(Pattern.quote(separator.textValue()), -1)) {
      parts.add(part);
    }
    return parts;
  }

  private static JsonNode parsed(JsonNode text, Predicate<JsonNode> type) {
    return text.isTextual()
        ? Json.parse(text.textValue().getBytes(StandardCharsets.UTF_8))
            .filter(type)
            .orElse(UNDEFINED)
        : UNDEFINED;
  }

  private static JsonNode written(JsonNode value) {
    return switch (value.getNodeType()) {
      case MISSING -> UNDEFINED;
      case STRING -> value;
      case NUMBER -> TextNode.valueOf(Numbers.of(value.doubleValue()).asText());
      default -> TextNode.valueOf(value.toString());
    };
  }
}
