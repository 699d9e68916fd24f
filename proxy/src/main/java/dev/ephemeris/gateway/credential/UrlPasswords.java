package dev.ephemeris.gateway.credential;

/** {@code scheme://user:password@host}: the password. */
final class UrlPasswords implements Form {

  private static final String AFTER_SCHEME = "://";

  @Override
  public void look(String text, Sightings seen) {
    int at = text.indexOf(AFTER_SCHEME);
    while (at >= 0) {
      int from = at + AFTER_SCHEME.length();
      if (at > 0 && Ascii.isAlphanumeric(text.charAt(at - 1))) {
        authority(text, from, seen);
      }
      at = text.indexOf(AFTER_SCHEME, from);
    }
  }

  private static void authority(String text, int from, Sightings seen) {
    int colon = -1;
    int at = -1;
    for (int i = from; i < text.length() && !endsAuthority(text.charAt(i)); i++) {
      if (text.charAt(i) == ':' && colon < 0) {
        colon = i;
      } else if (text.charAt(i) == '@') {
        // The last one: some passwords have one, though they shouldn't.
        at = i;
      }
    }
    if (colon >= 0 && at > colon + 1 && !Placeholder.begins(text, colon + 1)) {
      seen.add(Kind.PASSWORD, colon + 1, at);
    }
  }

  private static boolean endsAuthority(char c) {
    return c <= ' ' || "/?#\"'<>`\\".indexOf(c) >= 0;
  }
}
