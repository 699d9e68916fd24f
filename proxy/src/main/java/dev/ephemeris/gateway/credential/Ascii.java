package dev.ephemeris.gateway.credential;

/** Bytes as characters of ASCII; others are none of any kind. */
public final class Ascii {

  private Ascii() {}

  public static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }

  public static boolean isBase64(int c) {
    return isAlphanumeric(c) || c == '+' || c == '/';
  }

  public static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }

  public static boolean isBase64Url(int c) {
    return isAlphanumeric(c) || c == '-' || c == '_';
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isUpper(int c) {
    return c >= 'A' && c <= 'Z';
  }

  /** Whether nothing of a word is right before {@code at}. */
  static boolean beginsWord(String text, int at) {
    return at == 0 || !isAlphanumeric(text.charAt(at - 1));
  }
}
