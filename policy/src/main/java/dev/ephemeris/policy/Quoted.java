package dev.ephemeris.policy;

import java.util.function.IntFunction;

/**
 * Any text as a literal of the languages that are written from a policy, and as nothing but that.
 */
public final class Quoted {

  private Quoted() {}

  /** For JSON; and for YAML, whose strings in double quotes have the same escapes. */
  public static String json(String text) {
    return quoted(text, '"', "", Quoted::utf16);
  }

  /** For Bicep, where {@code $} with a brace begins an expression. */
  public static String bicep(String text) {
    return quoted(text, '\'', "$", "\\u{%x}"::formatted);
  }

  /** For Terraform, where {@code $} and {@code %} with a brace begin an expression. */
  public static String hcl(String text) {
    return quoted(
        text, '"', "$%", c -> (Character.isBmpCodePoint(c) ? "\\u%04x" : "\\U%08x").formatted(c));
  }

  /** One word of a POSIX shell. */
  public static String shell(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** On one line, for a comment or a name: whatever isn't seen, or would end it, is a space. */
  public static String line(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints().map(c -> isSeen(c) ? c : ' ').forEach(line::appendCodePoint);
    return line.toString().strip().replaceAll("\\s+", " ");
  }

  /**
   * @param opening what begins an expression if a brace follows
   * @param escape how the language writes any character by its number
   */
  private static String quoted(
      String text, char quote, String opening, IntFunction<String> escape) {
    StringBuilder out = new StringBuilder().append(quote);
    int[] characters = text.codePoints().toArray();
    for (int i = 0; i < characters.length; i++) {
      int c = characters[i];
      boolean opens =
          opening.indexOf(c) >= 0 && i + 1 < characters.length && characters[i + 1] == '{';
      if (c == quote || c == '\\') {
        out.append('\\').appendCodePoint(c);
      } else if (opens || !isSeen(c)) {
        out.append(escape.apply(c));
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.append(quote).toString();
  }

  private static String utf16(int c) {
    StringBuilder out = new StringBuilder();
    for (char unit : Character.toChars(c)) {
      out.append("\\u%04x".formatted((int) unit));
    }
    return out.toString();
  }

  private static boolean isSeen(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
