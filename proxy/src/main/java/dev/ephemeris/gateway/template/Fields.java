package dev.ephemeris.gateway.template;

import dev.ephemeris.gateway.template.InvalidRequest.Problem;
import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.yaml.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An object of JSON that is read field by field. What is wrong is kept, all of it, and what nobody
 * asked for is wrong. Confined to one thread.
 */
final class Fields {
  private static final int MOST_SHOWN = 80;

  private final String prefix;
  private final Map<?, ?> values;
  private final List<Problem> problems;
  private final Set<String> known = new LinkedHashSet<>();

  Fields(Map<?, ?> values) {
    this("", values, new ArrayList<>());
  }

  private Fields(String prefix, Map<?, ?> values, List<Problem> problems) {
    this.prefix = prefix;
    this.values = values;
    this.problems = problems;
  }

  /** What is made of a text; of nothing, if it isn't there or isn't one. */
  <T> Optional<T> text(String key, Function<String, T> parse) {
    return value(key).flatMap(value -> text(path(key), value, parse));
  }

  /** The same, of what must be there. */
  <T> Optional<T> required(String key, Function<String, T> parse) {
    return needed(key).flatMap(value -> text(path(key), value, parse));
  }

  Optional<Integer> whole(String key, int least, int most) {
    return value(key).flatMap(value -> whole(path(key), value, least, most));
  }

  Optional<Integer> requiredWhole(String key, int least, int most) {
    return needed(key).flatMap(value -> whole(path(key), value, least, most));
  }

  Optional<Boolean> flag(String key) {
    return value(key)
        .flatMap(
            value ->
                value instanceof Boolean flag
                    ? Optional.of(flag)
                    : wrong(path(key), "expected true or false"));
  }

  /** What is made of a list of texts; empty if it isn't there. */
  <T> List<T> texts(String key, int most, Function<String, T> parse) {
    return list(key, most, (path, value) -> text(path, value, parse));
  }

  /** What is made of a list of lists of texts; empty if it isn't there. */
  <T> List<List<T>> textLists(String key, int most, int mostInner, Function<String, T> parse) {
    return list(
        key,
        most,
        (path, value) -> each(path, value, mostInner, (inner, text) -> text(inner, text, parse)));
  }

  /** What is made of a list of lists of objects; empty if it isn't there. */
  <T> List<List<T>> objectLists(
      String key, int most, int mostInner, Function<Fields, Optional<T>> read) {
    return list(
        key,
        most,
        (path, value) ->
            each(path, value, mostInner, (inner, object) -> object(inner, object, read)));
  }

  <T> Optional<T> object(String key, Function<Fields, Optional<T>> read) {
    return value(key).flatMap(value -> object(path(key), value, read));
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  /** Whether what stands there is an object. */
  boolean hasObject(String key) {
    return value(key).filter(value -> value instanceof Map<?, ?>).isPresent();
  }

  /** Says what is wrong with a field; of the object itself, if it is called nothing. */
  <T> Optional<T> wrong(String path, String message) {
    problems.add(new Problem(path.isEmpty() ? "request" : path, message));
    return Optional.empty();
  }

  /** How much was wrong so far, here and elsewhere. */
  int wrongs() {
    return problems.size();
  }

  /** The whole name of a field of this object. */
  String path(String key) {
    return prefix.isEmpty() ? key : prefix + "." + key;
  }

  /** Refuses what nobody has asked for. */
  void refuseOthers() {
    for (Object key : values.keySet()) {
      if (!(key instanceof String name && known.contains(name))) {
        wrong(
            path(shown(String.valueOf(key))),
            "there is no such field; " + expected(String.valueOf(key)));
      }
    }
  }

  /**
   * @throws InvalidRequest with all that was wrong, here and within
   */
  void refuseIfWrong() {
    if (!problems.isEmpty()) {
      throw new InvalidRequest(problems);
    }
  }

  /** Of a foreign text, what can be shown to people. */
  static String shown(String text) {
    String line = Quoted.line(text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) : text);
    return text.length() > MOST_SHOWN ? line + "…" : line;
  }

  private String expected(String key) {
    return Suggestion.nearest(shown(key), known)
        .map(meant -> "did you mean '" + meant + "'?")
        .orElseGet(() -> "expected one of " + String.join(", ", known));
  }

  private Optional<Object> value(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key));
  }

  private Optional<Object> needed(String key) {
    Optional<Object> value = value(key);
    return value.isPresent() ? value : wrong(path(key), "it is missing");
  }

  private <T> Optional<T> text(String path, Object value, Function<String, T> parse) {
    if (!(value instanceof String text)) {
      return wrong(path, "expected a text");
    }
    try {
      return Optional.of(parse.apply(text));
    } catch (IllegalArgumentException e) {
      return wrong(path, shownMessage(e));
    }
  }

  private Optional<Integer> whole(String path, Object value, int least, int most) {
    boolean whole = value instanceof Integer || value instanceof Long;
    long number = whole ? ((Number) value).longValue() : 0;
    return whole && number >= least && number <= most
        ? Optional.of((int) number)
        : wrong(path, "expected a whole number from %d to %d".formatted(least, most));
  }

  private <T> List<T> list(String key, int most, BiFunction<String, Object, Optional<T>> read) {
    return value(key).flatMap(value -> each(path(key), value, most, read)).orElse(List.of());
  }

  private <T> Optional<List<T>> each(
      String path, Object value, int most, BiFunction<String, Object, Optional<T>> read) {
    if (!(value instanceof List<?> list) || list.isEmpty() || list.size() > most) {
      return wrong(path, "expected a list of 1 to %d".formatted(most));
    }
    List<T> items = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      String at = path + "[" + i + "]";
      @Nullable Object item = list.get(i);
      (item == null ? this.<T>wrong(at, "it is missing") : read.apply(at, item))
          .ifPresent(items::add);
    }
    return Optional.of(List.copyOf(items));
  }

  private <T> Optional<T> object(String path, Object value, Function<Fields, Optional<T>> read) {
    if (!(value instanceof Map<?, ?> map)) {
      return wrong(path, "expected an object");
    }
    Fields inner = new Fields(path, map, problems);
    Optional<T> made = read.apply(inner);
    inner.refuseOthers();
    return made;
  }

  private static String shownMessage(IllegalArgumentException e) {
    String message = Quoted.line(String.valueOf(e.getMessage()));
    return message.length() > 4 * MOST_SHOWN ? message.substring(0, 4 * MOST_SHOWN) + "…" : message;
  }
}
