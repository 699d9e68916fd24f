package dev.ephemeris.gateway.credential;

import java.util.Map;

/**
 * Text as it is meant: without the escapes of JSON and programming languages, URLs, XML and
 * properties files, also where one stands in another. Bytes beyond ASCII are characters of Latin-1.
 *
 * @param origins where each character begins among the bytes; there may be more of them
 */
@SuppressWarnings("ArrayRecordComponent") // Not compared.
public record Unescaped(String text, int[] origins) {

  private static final Map<String, Character> ENTITIES =
      Map.of("amp", '&', "quot", '"', "apos", '\'', "lt", '<', "gt", '>', "equals", '=');
  private static final int LONGEST_ENTITY = 8;

  public static Unescaped of(byte[] bytes, int from, int to) {
    char[] text = new char[to - from];
    int[] origins = new int[to - from];
    int length = 0;
    int at = from;
    while (at < to) {
      origins[length] = at;
      byte first = bytes[at];
      if (first == '%' || first == '\\' || first == '&') {
        Escape escape =
            switch (first) {
              case '%' -> percent(bytes, at, to);
              case '\\' -> backslash(bytes, at, to);
              default -> entity(bytes, at, to);
            };
        text[length] = (char) escape.character();
        at = escape.end();
      } else {
        text[length] = (char) (first & 0xFF);
        at++;
      }
      length++;
    }
    return new Unescaped(new String(text, 0, length), origins);
  }

  private record Escape(int character, int end) {}

  /** {@code %3D}, and {@code %253D}, which is the same escaped twice. */
  private static Escape percent(byte[] bytes, int at, int to) {
    int once = hex(bytes, at + 1, 2, to);
    int twice = once == '%' ? hex(bytes, at + 3, 2, to) : -1;
    if (twice >= 0) {
      return new Escape(twice, at + 5);
    }
    return once >= 0 ? new Escape(once, at + 3) : new Escape('%', at + 1);
  }

  /** However many backslashes there are: a text in a text in a text has several. */
  private static Escape backslash(byte[] bytes, int at, int to) {
    int end = at + 1;
    while (end < to && bytes[end] == '\\') {
      end++;
    }
    if (end == to) {
      return new Escape('\\', end);
    }
    int escaped = bytes[end];
    int code =
        switch (escaped) {
          case 'u' -> hex(bytes, end + 1, 4, to);
          case 'x' -> hex(bytes, end + 1, 2, to);
          default -> -1;
        };
    if (code >= 0) {
      return new Escape(code, end + (escaped == 'u' ? 5 : 3));
    }
    return switch (escaped) {
      case 'n', 'r' -> new Escape('\n', end + 1);
      case 't' -> new Escape('\t', end + 1);
      // A line goes on below.
      case '\n' -> new Escape(' ', end + 1);
      default ->
          Ascii.isAlphanumeric(escaped) || escaped < 0
              ? new Escape('\\', end)
              : new Escape(escaped, end + 1);
    };
  }

  private static Escape entity(byte[] bytes, int at, int to) {
    int end = at + 1;
    while (end < to && end - at < LONGEST_ENTITY && bytes[end] != ';') {
      end++;
    }
    if (end == to || bytes[end] != ';') {
      return new Escape('&', at + 1);
    }
    int code = -1;
    if (bytes[at + 1] == '#') {
      code =
          Ascii.lower(bytes[at + 2]) == 'x'
              ? number(bytes, at + 3, end, 16)
              : number(bytes, at + 2, end, 10);
    } else {
      StringBuilder name = new StringBuilder();
      for (int i = at + 1; i < end; i++) {
        name.append((char) bytes[i]);
      }
      code = ENTITIES.getOrDefault(name.toString(), (char) 0);
    }
    return code > 0 ? new Escape(code, end + 1) : new Escape('&', at + 1);
  }

  private static int hex(byte[] bytes, int from, int digits, int to) {
    return from + digits <= to ? number(bytes, from, from + digits, 16) : -1;
  }

  private static int number(byte[] bytes, int from, int to, int radix) {
    int number = from < to ? 0 : -1;
    for (int i = from; i < to && number >= 0; i++) {
      int digit = bytes[i] < 0 ? -1 : Character.digit((char) bytes[i], radix);
      number = digit < 0 ? -1 : number * radix + digit;
    }
    return number;
  }
}
