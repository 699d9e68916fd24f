package dev.ephemeris.gateway.credential;

/** Cosmos DB's own tokens, and those of leases, from their beginning to their end. */
final class ResourceTokens implements Form {

  private static final String BEGINNING = "type=resource";

  /** As long as the start of one can be. */
  private static final int START = 256;

  @Override
  public void look(String text, Sightings seen) {
    int at = text.indexOf('=');
    while (at >= 0) {
      int from = at - "type".length();
      if (from >= 0 && text.regionMatches(true, from, BEGINNING, 0, BEGINNING.length())) {
        int rest = from + BEGINNING.length();
        ResourceToken.startOf(text.substring(rest, Math.min(text.length(), rest + START)))
            .ifPresent(
                token ->
                    seen.add(
                        token.lease().isPresent() ? Kind.LEASE_TOKEN : Kind.RESOURCE_TOKEN,
                        from,
                        end(text, rest + token.end())));
      }
      at = text.indexOf('=', at + 1);
    }
  }

  private static int end(String text, int from) {
    int end = from;
    while (end < text.length() && isOfToken(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isOfToken(char c) {
    return Ascii.isBase64(c) || Ascii.isBase64Url(c) || c == '=' || c == ';';
  }
}
