package dev.ephemeris.gateway.scan;

/** Bytes as characters of ASCII; others are none of any kind. */
final class Ascii {

  private Ascii() {}

  static int lower(int c) {
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
  }

  static boolean isBase64(int c) {
    return isAlphanumeric(c) || c == '+' || c == '/';
  }

  static boolean isAlphanumeric(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
