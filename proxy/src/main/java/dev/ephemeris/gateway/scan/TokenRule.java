package dev.ephemeris.gateway.scan;

import dev.ephemeris.gateway.credential.ResourceToken;
import dev.ephemeris.gateway.credential.Unescaped;
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
    Optional<ResourceToken> token = ResourceToken.startOf(piece.text(start, start + AFTER).text());
    int at = before.text().length() - BEGINNING.length();
    if (at < 0 || !before.text().substring(at).toLowerCase(Locale.ROOT).equals(BEGINNING)) {
      return Optional.empty();
    }
    return token.map(
        seen ->
            new Sighting(
                before.origins()[at],
                seen.lease().isPresent() ? Kind.LEASE_TOKEN : Kind.RESOURCE_TOKEN,
                seen.lease(),
                Optional.of(Fingerprint.of(seen.secret().getBytes(StandardCharsets.US_ASCII)))));
  }
}
