package dev.ephemeris.gateway.credential;

/** 64 random bytes in Base64: keys of Cosmos DB's accounts, of leases, of Storage and Batch. */
final class RandomKeys implements Form {

  private static final String END = "==";

  @Override
  public void look(String text, Sightings seen) {
    int end = text.indexOf(END);
    while (end >= 0) {
      int start = end - RandomKey.CHARACTERS;
      if (isKey(text, start, end)) {
        seen.add(Kind.ACCOUNT_KEY, start, end + END.length());
      }
      end = text.indexOf(END, end + 1);
    }
  }

  private static boolean isKey(String text, int start, int end) {
    if (start < 0
        || !RandomKey.canEndIn(text.charAt(end - 1))
        || text.startsWith("=", end + END.length())
        || (start > 0 && Ascii.isBase64(text.charAt(start - 1)))
        // What package managers write, of every package.
        || text.startsWith("sha512-", start - 7)) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (!Ascii.isBase64(text.charAt(i))) {
        return false;
      }
    }
    return RandomKey.bytes(text.substring(start, end + END.length())).isPresent();
  }
}
