package dev.ephemeris.gateway.credential;

/** {@code Bearer …} and {@code Basic …} as in HTTP, with what can be a token or a password. */
final class AuthorizationHeaders implements Form {

  private static final String BEARER = "bearer";
  private static final String BASIC = "basic";

  /** No token is shorter, and many words are. */
  private static final int SHORTEST_TOKEN = 16;

  private static final byte[] NOTHING = {};

  @Override
  public void look(String text, Sightings seen) {
    int space = text.indexOf(' ');
    while (space >= 0) {
      int from = afterSpaces(text, space);
      if (isScheme(text, BEARER, space)) {
        int to = end(text, from);
        if (isToken(text, from, to)) {
          seen.add(Kind.BEARER_TOKEN, from, to);
        }
      } else if (isScheme(text, BASIC, space)) {
        int to = end(text, from);
        if (isNameAndPassword(text.substring(from, to))) {
          seen.add(Kind.PASSWORD, from, to);
        }
      }
      space = text.indexOf(' ', from);
    }
  }

  private static int afterSpaces(String text, int from) {
    int after = from;
    while (after < text.length() && text.charAt(after) == ' ') {
      after++;
    }
    return after;
  }

  private static boolean isScheme(String text, String scheme, int end) {
    int start = end - scheme.length();
    return start >= 0
        && Ascii.beginsWord(text, start)
        && text.regionMatches(true, start, scheme, 0, scheme.length());
  }

  /** RFC 9110 §11.2: token68. */
  private static int end(String text, int from) {
    int end = from;
    while (end < text.length() && isOfToken(text.charAt(end))) {
      end++;
    }
    int sentence = end;
    while (sentence > from && text.charAt(sentence - 1) == '.') {
      sentence--;
    }
    return sentence;
  }

  private static boolean isOfToken(char c) {
    return Ascii.isBase64(c) || Ascii.isBase64Url(c) || c == '.' || c == '~' || c == '=';
  }

  /** Words have no digits. */
  private static boolean isToken(String text, int from, int to) {
    boolean digit = false;
    boolean letter = false;
    for (int i = from; i < to; i++) {
      digit |= Ascii.isDigit(text.charAt(i));
      letter |= Ascii.isAlphanumeric(text.charAt(i)) && !Ascii.isDigit(text.charAt(i));
    }
    return to - from >= SHORTEST_TOKEN && digit && letter;
  }

  private static boolean isNameAndPassword(String base64) {
    byte[] decoded = Base64Text.decoded(base64).orElse(NOTHING);
    boolean colon = false;
    for (byte each : decoded) {
      if (each >= 0 && each < ' ') {
        return false;
      }
      colon |= each == ':';
    }
    return colon && decoded[decoded.length - 1] != ':';
  }
}
