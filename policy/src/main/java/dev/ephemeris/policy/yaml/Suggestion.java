package dev.ephemeris.policy.yaml;

import static java.util.Comparator.comparingInt;
import static java.util.Comparator.naturalOrder;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Finds the name that someone probably meant. */
public final class Suggestion {
  private Suggestion() {}

  /**
   * The known name nearest to {@code word}, if one is near enough to be a slip of the finger: at
   * most a third of its letters differ, capitals aside.
   */
  public static Optional<String> nearest(String word, Collection<String> known) {
    return known.stream()
        .filter(name -> distance(word, name) <= Math.max(1, name.length() / 3))
        .min(comparingInt((String name) -> distance(word, name)).thenComparing(naturalOrder()));
  }

  /**
   * {@code 'wrod'; expected one of word, other; did you mean 'word'?}: the rest of a sentence that
   * starts with what kind of name {@code word} was to be.
   */
  public static String expected(String word, Collection<String> known) {
    return expected(word, known, known);
  }

  /** The same, where it would be tedious to list all that is known. */
  public static String expected(String word, Collection<String> listed, Collection<String> known) {
    String hint = nearest(word, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    return "'%s'; expected one of %s%s".formatted(word, String.join(", ", listed), hint);
  }

  /**
   * The choice that {@code word} names.
   *
   * @param kind what the words are names of, for the message
   * @throws IllegalArgumentException if it names none; the message says which ones there are
   */
  public static <T> T choose(String kind, String word, Collection<T> choices) {
    return choose(kind, word, choices, Object::toString);
  }

  static <T> T choose(
      String kind, String word, Collection<T> choices, Function<? super T, String> name) {
    return choices.stream()
        .filter(choice -> name.apply(choice).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown %s %s"
                        .formatted(kind, expected(word, choices.stream().map(name).toList()))));
  }

  /** How many letters to insert, drop, change or swap with their neighbour (Damerau, OSA). */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int changed = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(changed, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
