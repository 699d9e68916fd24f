package dev.ephemeris.gateway.cli;

/** Text from elsewhere, made fit for a terminal. */
final class Text {

  private Text() {}

  /**
   * The text with a replacement for whatever isn't printed but obeyed: control characters, terminal
   * sequences with them, and marks that reorder what a reader sees. Line ends stay.
   */
  static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == '\n' || !isObeyed(c) ? c : '\uFFFD')
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /** The same on one line. */
  static String line(String text) {
    return printable(text.strip().replaceAll("\\s+", " "));
  }

  /** {@code 1 rule}, {@code 2 rules}. */
  static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private static boolean isObeyed(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
