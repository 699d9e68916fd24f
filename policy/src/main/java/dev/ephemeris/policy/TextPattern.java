package dev.ephemeris.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression that a whole text must match, {@code OPS-[0-9]+}. It is of RE2's language,
 * which has no way to take longer than the text is long: callers give the text.
 */
record TextPattern(String text, Pattern pattern) {

  /**
   * @throws IllegalArgumentException if it isn't one
   */
  static TextPattern parse(String text) {
    try {
      return new TextPattern(text, Pattern.compile(text));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "'%s' is no regular expression: %s".formatted(text, e.getDescription()), e);
    }
  }

  boolean matches(String value) {
    return pattern.matcher(value).matches();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TextPattern that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
