package dev.ephemeris.policy.yaml;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A value that is one word in the file: text, a whole number, true or false, a duration, a path, an
 * enum's constant in lower case, or any type with {@code static T parse(String)}.
 *
 * <p>Nothing is converted: {@code no} and {@code 0815} aren't text unless they are quoted, so that
 * what YAML 1.1 makes of a word never surprises.
 */
final class Leaf {
  private static final Pattern PLAIN_NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

  private Leaf() {}

  /**
   * The value of {@code node} as a {@code type}.
   *
   * @throws IllegalArgumentException if it isn't one; the message says what was expected
   */
  static Object read(String file, Node node, Class<?> type) {
    if (type == int.class || type == Integer.class) {
      return Math.toIntExact(number(node, Integer.MAX_VALUE));
    }
    if (type == long.class || type == Long.class) {
      return number(node, Long.MAX_VALUE);
    }
    if (type == boolean.class || type == Boolean.class) {
      return bool(node);
    }
    String text = text(node);
    if (type == String.class) {
      return text;
    }
    if (type == Duration.class) {
      return DurationText.parse(text);
    }
    if (type == Path.class) {
      return Path.of(file).resolveSibling(text);
    }
    Optional<Method> parser = parser(type);
    return parser.isPresent() ? parse(parser.get(), text) : constant(type, text);
  }

  /** What a message calls a node that stands where something else was expected. */
  static String describe(Node node) {
    return switch (node.getTag()) {
      case Tag tag when tag.equals(Tag.STR) -> "text";
      case Tag tag when tag.equals(Tag.NULL) -> "nothing";
      case Tag tag when tag.equals(Tag.INT) || tag.equals(Tag.FLOAT) -> "a number";
      case Tag tag when tag.equals(Tag.BOOL) -> "yes or no";
      case Tag tag when tag.equals(Tag.TIMESTAMP) -> "a date";
      case Tag tag when tag.equals(Tag.SEQ) -> "a list";
      case Tag tag when tag.equals(Tag.MAP) -> "keys with values";
      case Tag tag -> "the tag " + tag.getValue();
    };
  }

  /** The type's own way to be read from one word. */
  static Optional<Method> parser(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.getName().equals("parse"))
        .filter(method -> Modifier.isStatic(method.getModifiers()))
        .filter(method -> List.of(method.getParameterTypes()).equals(List.of(String.class)))
        .findFirst();
  }

  /** The exception that a constructor or parser refused its argument with. */
  static RuntimeException refusal(InvocationTargetException e) {
    return e.getCause() instanceof RuntimeException refusal
        ? refusal
        : new IllegalStateException(e.getCause());
  }

  private static String text(Node node) {
    if (node instanceof ScalarNode word && word.getTag().equals(Tag.STR)) {
      return word.getValue();
    }
    boolean quotable = node instanceof ScalarNode && !node.getTag().equals(Tag.NULL);
    String advice = quotable ? "; put it in quotes if it is text" : "";
    throw new IllegalArgumentException("expected text, got " + describe(node) + advice);
  }

  /** These two words only: YAML 1.1 has eleven for each. */
  private static boolean bool(Node node) {
    if (node instanceof ScalarNode word && word.getTag().equals(Tag.BOOL)) {
      switch (word.getValue()) {
        case "true" -> {
          return true;
        }
        case "false" -> {
          return false;
        }
        default -> {
          // as if it were no truth value
        }
      }
    }
    throw new IllegalArgumentException("expected true or false, got " + describe(node));
  }

  private static long number(Node node, long max) {
    // Plain decimals only: YAML 1.1 would read 0700 as octal and 12:30 as 750.
    if (!(node instanceof ScalarNode word
        && PLAIN_NUMBER.matcher(word.getValue()).matches()
        && word.getTag().equals(Tag.INT))) {
      throw new IllegalArgumentException("expected a whole number, got " + describe(node));
    }
    long number = Long.parseLong(word.getValue());
    if (number > max) {
      throw new IllegalArgumentException("expected a number up to " + max);
    }
    return number;
  }

  private static Object parse(Method parser, String text) {
    try {
      parser.setAccessible(true);
      return parser.invoke(null, text);
    } catch (InvocationTargetException e) {
      throw refusal(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("no way to call " + parser, e);
    }
  }

  private static Object constant(Class<?> type, String text) {
    if (!type.isEnum()) {
      throw new IllegalStateException("no way to read a " + type);
    }
    return Suggestion.choose(
        "value", text, List.of(type.getEnumConstants()), constant -> spelling((Enum<?>) constant));
  }

  private static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
