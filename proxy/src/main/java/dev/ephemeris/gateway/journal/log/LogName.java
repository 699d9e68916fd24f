package dev.ephemeris.gateway.journal.log;

import java.util.regex.Pattern;

/**
 * What a log calls itself, the origin of its checkpoints and the name of its key: a URL without its
 * scheme, such as {@code gateway.example.com/journal/one}. No two logs may have the same.
 */
public record LogName(String text) {

  private static final int MAX_LENGTH = 255;

  // tlog-checkpoint asks for neither spaces nor plus; what a path holds is RFC 3986's unreserved.
  private static final Pattern FORM =
      Pattern.compile(
          "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
              + "(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*");

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if it isn't that
   */
  public LogName {
    if (text.length() > MAX_LENGTH || !FORM.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "expected a host name in lower case, with a path if need be, of at most "
              + MAX_LENGTH
              + " characters, such as gateway.example.com/journal/one");
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
