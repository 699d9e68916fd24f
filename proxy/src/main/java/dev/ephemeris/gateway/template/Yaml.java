package dev.ephemeris.gateway.template;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.ephemeris.policy.Quoted;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Maps, lists, texts, numbers and flags as YAML that people read, and back. */
final class Yaml {
  private static final String INDENT = "  ";
  private static final int MOST_ON_A_LINE = 3;

  private static final String WORD = "[A-Za-z0-9/_.-]+(:[A-Za-z0-9/_.-]+)*";
  // Texts that no YAML takes for anything else, whatever its version.
  private static final Pattern PLAIN = Pattern.compile("(?=[A-Za-z/])%1$s( %1$s)*".formatted(WORD));
  private static final Pattern TIME = Pattern.compile("[0-9]+[smhd]");
  private static final Set<String> MEANT_OTHERWISE =
      Set.of("y", "n", "yes", "no", "true", "false", "on", "off", "null");

  private static final ObjectMapper READER =
      new ObjectMapper(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Yaml() {}

  /** A text that is put in quotes, whatever it is. */
  record InQuotes(String text) {}

  /** Each key of the map begins a line; comments stand above. */
  static String write(Collection<String> comments, Map<String, ?> map) {
    StringBuilder text = new StringBuilder();
    comments.forEach(line -> text.append(("# " + Quoted.line(line)).strip()).append('\n'));
    map(text, map, "", "");
    return text.toString();
  }

  /**
   * Reads one document; a key that stands in a map twice is an error.
   *
   * @throws UnreadableTemplate if it is no map
   */
  static Map<String, Object> read(String text) {
    try {
      return READER.readValue(text, new TypeReference<Map<String, Object>>() {});
    } catch (JsonProcessingException e) {
      throw new UnreadableTemplate("no YAML: " + e.getOriginalMessage());
    }
  }

  /**
   * @param first what stands before the first key, already written, instead of the indent
   */
  private static void map(StringBuilder text, Map<?, ?> map, String first, String indent) {
    String before = first;
    for (Map.Entry<?, ?> each : map.entrySet()) {
      text.append(before).append(scalar(each.getKey())).append(':');
      value(text, each.getValue(), indent);
      before = indent;
    }
  }

  private static void value(StringBuilder text, Object value, String indent) {
    if (isFlat(value)) {
      text.append(' ').append(flow(value)).append('\n');
    } else if (value instanceof Map<?, ?> map) {
      text.append('\n');
      map(text, map, indent + INDENT, indent + INDENT);
    } else if (value instanceof List<?> list) {
      text.append('\n');
      for (Object each : list) {
        text.append(indent).append(INDENT).append('-');
        if (each instanceof Map<?, ?> map && !isFlat(map)) {
          map(text, map, " ", indent + INDENT + INDENT);
        } else {
          text.append(' ').append(flow(each)).append('\n');
        }
      }
    }
  }

  /**
   * Whether it stands on one line: what is of few scalars, and of lists of them. How long they are
   * makes no difference, so that files differ in nothing but their names.
   */
  private static boolean isFlat(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.size() <= MOST_ON_A_LINE && map.values().stream().allMatch(Yaml::isFlatInMap);
      case List<?> list -> list.stream().allMatch(Yaml::isScalar);
      default -> true;
    };
  }

  private static boolean isFlatInMap(Object value) {
    return value instanceof List<?> list ? list.stream().allMatch(Yaml::isScalar) : isScalar(value);
  }

  private static boolean isScalar(Object value) {
    return !(value instanceof Map<?, ?> || value instanceof List<?>);
  }

  private static String flow(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          map.entrySet().stream()
              .map(each -> scalar(each.getKey()) + ": " + flow(each.getValue()))
              .collect(joining(", ", "{ ", " }"));
      case List<?> list -> list.stream().map(Yaml::flow).collect(joining(", ", "[", "]"));
      default -> scalar(value);
    };
  }

  private static String scalar(Object value) {
    return switch (value) {
      case String text when TIME.matcher(text).matches() -> text;
      case String text
          when PLAIN.matcher(text).matches()
              && !MEANT_OTHERWISE.contains(text.toLowerCase(Locale.ROOT)) ->
          text;
      case String text -> Quoted.json(text);
      case InQuotes(String text) -> Quoted.json(text);
      case Integer number -> number.toString();
      case Boolean flag -> flag.toString();
      default -> throw new IllegalStateException("no template has a " + value.getClass());
    };
  }
}
