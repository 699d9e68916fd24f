package dev.ephemeris.gateway.journal.sink;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Headers of requests in a secret: a line each, {@code Name: value}. */
final class HeaderLines {

  /** RFC 9110 §5.1 and §5.5: a token, and visible characters with spaces between them. */
  private static final Pattern LINE =
      Pattern.compile(
          "(?<name>[A-Za-z0-9!#$%&'*+.^_`|~-]+):\\h*"
              + "(?<value>[\\x21-\\x7E]([\\x20-\\x7E]*[\\x21-\\x7E])?)");

  /** What the body is, and where it goes, isn't said there. */
  private static final Set<String> OURS =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "transfer-encoding",
          "upgrade");

  private HeaderLines() {}

  /**
   * Reads them.
   *
   * @throws SinkException if a line is something else; the message has its number only
   */
  static Map<String, String> parse(String text) throws SinkException {
    Map<String, String> headers = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      Matcher matcher = LINE.matcher(line.strip());
      if (!matcher.matches() || OURS.contains(matcher.group("name").toLowerCase(Locale.ROOT))) {
        throw SinkException.refused(
            "line " + number + " of its headers isn't one: expected Name: value");
      }
      headers.put(matcher.group("name"), matcher.group("value"));
    }
    return headers;
  }
}
