package dev.ephemeris.simulator.cosmos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The right side of LIKE: {@code %} is any text, {@code _} any character, {@code [a-c]} and {@code
 * [^a-c]} one of a set or not of it.
 *
 * <p>Characters are compared as they are; UTF-16 units, as the functions on strings count.
 */
record LikePattern(List<Part> parts) {

  LikePattern {
    parts = List.copyOf(parts);
  }

  sealed interface Part {
    record AnyText() implements Part {}

    record One(IntPredicate of) implements Part {}
  }

  static LikePattern parse(String pattern, Optional<Character> escape) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      int end = c == '[' ? pattern.indexOf(']', i + 1) : -1;
      if (escape.isPresent() && c == escape.get() && i + 1 < pattern.length()) {
        parts.add(one(pattern.charAt(++i)));
      } else if (c == '%') {
        parts.add(new Part.AnyText());
      } else if (c == '_') {
        parts.add(new Part.One(_ -> true));
      } else if (end > 0) {
        parts.add(new Part.One(set(pattern.substring(i + 1, end))));
        i = end;
      } else {
        parts.add(one(c));
      }
    }
    return new LikePattern(parts);
  }

  private static Part one(char c) {
    return new Part.One(candidate -> candidate == c);
  }

  private static IntPredicate set(String body) {
    boolean negated = body.startsWith("^");
    String members = negated ? body.substring(1) : body;
    IntPredicate in =
        candidate -> {
          for (int i = 0; i < members.length(); i++) {
            boolean range = i + 2 < members.length() && members.charAt(i + 1) == '-';
            char last = range ? members.charAt(i + 2) : members.charAt(i);
            if (members.charAt(i) <= candidate && candidate <= last) {
              return true;
            }
            i += range ? 2 : 0;
          }
          return false;
        };
    return negated ? in.negate() : in;
  }

  /** Takes time in proportion to both lengths multiplied: only the last {@code %} is retried. */
  boolean matches(String text) {
    int part = 0;
    int at = 0;
    int anyText = -1;
    int retryAt = 0;
    while (at < text.length()) {
      if (part < parts.size() && parts.get(part) instanceof Part.AnyText) {
        anyText = part++;
        retryAt = at;
      } else if (part < parts.size()
          && parts.get(part) instanceof Part.One(IntPredicate of)
          && of.test(text.charAt(at))) {
        part++;
        at++;
      } else if (anyText >= 0) {
        part = anyText + 1;
        at = ++retryAt;
      } else {
        return false;
      }
    }
    return parts.subList(part, parts.size()).stream().allMatch(Part.AnyText.class::isInstance);
  }
}
