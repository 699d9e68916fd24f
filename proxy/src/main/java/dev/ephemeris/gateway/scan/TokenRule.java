package dev.ephemeris.gateway.scan;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Resource tokens, Cosmos DB's own and those of leases: {@code type=resource&ver=1.0&sig=…}. What a
 * placeholder has behind {@code sig=} is neither.
 */
final class TokenRule implements Rule {

  private static final String BEGINNING = "type=resource";
  private static final int BEFORE = 64;
  private static final int AFTER = 256;

  /** The lease's id and its MAC; or the 16 bytes that Cosmos DB's have first. */
  private static final Pattern REST =
      Pattern.compile(
          "(?i:&ver=1(?:\\.0)?&sig=)"
              + "(?:([a-z2-7]{27})(\\.[A-Za-z0-9_-]{43})|([A-Za-z0-9+/]{21}[AQgw]==;))");

  @Override
  public Optional<Sighting> look(Piece piece, int start, int end) {
    int middle = start;
    // In a text in a text there are several.
    while (middle > 0 && piece.bytes()[middle - 1] == '\\') {
      middle--;
    }
    if (!piece.endsWith("resource", middle)) {
      return Optional.empty();
    }
    Unescaped before = piece.text(middle - BEFORE, middle);
    Matcher rest = REST.matcher(piece.text(start, start + AFTER).text());
    int at = before.text().length() - BEGINNING.length();
    if (at < 0
        || !before.text().substring(at).toLowerCase(Locale.ROOT).equals(BEGINNING)
        || !rest.lookingAt()) {
      return Optional.empty();
    }
    boolean isLease = rest.group(1) != null;
    String secret = isLease ? rest.group(2) : rest.group(3);
    return Optional.of(
        new Sighting(
            before.origins()[at],
            isLease ? Kind.LEASE_TOKEN : Kind.RESOURCE_TOKEN,
            Optional.ofNullable(rest.group(1)),
            Optional.of(Fingerprint.of(secret.getBytes(StandardCharsets.US_ASCII)))));
  }
}
