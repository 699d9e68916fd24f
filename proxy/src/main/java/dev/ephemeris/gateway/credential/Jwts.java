package dev.ephemeris.gateway.credential;

/**
 * Signed and encrypted JWTs: parts in Base64 for URLs, with dots between them, of which the first
 * is a JSON object that names an algorithm.
 */
final class Jwts implements Form {

  private static final byte[] NOTHING = {};

  private static final int SIGNED = 3;
  private static final int ENCRYPTED = 5;

  /** Something may stand right before a token: so many places are tried in what is before a dot. */
  private static final int TRIED = 8;

  /** What has come of a header: how many parts a token with it has, and where it begins. */
  private record Header(int from, int parts) {}

  @Override
  public void look(String text, Sightings seen) {
    int from = 0;
    int dot = text.indexOf('.');
    while (dot >= 0) {
      int next = end(text, dot + 1);
      // Only where a third part follows is the first one looked into.
      if (next < text.length() && text.charAt(next) == '.') {
        Header header = header(text, start(text, from, dot), dot);
        if (header.parts > 0) {
          next = endOfParts(text, dot, header.parts);
          seen.add(Kind.JWT, header.from, next);
        }
      }
      from = dot + 1;
      dot = text.indexOf('.', Math.max(dot + 1, next));
    }
  }

  private static int start(String text, int least, int dot) {
    int start = dot;
    while (start > least && Ascii.isBase64Url(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int end(String text, int from) {
    int end = from;
    while (end < text.length() && Ascii.isBase64Url(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int endOfParts(String text, int dot, int parts) {
    int end = end(text, dot + 1);
    for (int part = 2; part < parts && end < text.length() && text.charAt(end) == '.'; part++) {
      end = end(text, end + 1);
    }
    return end;
  }

  private static Header header(String text, int start, int dot) {
    int from = nextStart(text, start, dot);
    for (int tried = 0; from < dot && tried < TRIED; tried++) {
      int parts = parts(text.substring(from, dot));
      if (parts > 0) {
        return new Header(from, parts);
      }
      from = nextStart(text, from + 1, dot);
    }
    return new Header(dot, 0);
  }

  /** Where a brace may be encoded, and what follows one. */
  private static int nextStart(String text, int from, int dot) {
    for (int at = from; at + 1 < dot; at++) {
      if (text.charAt(at) == 'e' && (text.charAt(at + 1) == 'y' || text.charAt(at + 1) == 'w')) {
        return at;
      }
    }
    return dot;
  }

  /** How many parts a token with this header has; 0 if it is none. */
  private static int parts(String header) {
    byte[] json = Base64Text.decodedUrl(header).orElse(NOTHING);
    if (json.length == 0 || json[0] != '{') {
      return 0;
    }
    boolean[] has = new boolean[2];
    boolean isJson =
        JsonStrings.read(
            json,
            (from, to) -> {
              has[0] |= isAt(json, from, to, "alg");
              has[1] |= isAt(json, from, to, "enc");
            });
    return !isJson || !has[0] ? 0 : has[1] ? ENCRYPTED : SIGNED;
  }

  private static boolean isAt(byte[] json, int from, int to, String word) {
    return to - from == word.length()
        && json[from] == word.charAt(0)
        && json[from + 1] == word.charAt(1)
        && json[from + 2] == word.charAt(2);
  }
}
