package dev.ephemeris.gateway.scan;

import dev.ephemeris.gateway.credential.Ascii;
import dev.ephemeris.gateway.credential.RandomKey;
import dev.ephemeris.gateway.credential.Unescaped;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Account keys: 64 random bytes in Base64, whose text says that they are Cosmos DB's. */
final class KeyRule implements Rule {

  private static final int CHARACTERS = RandomKey.CHARACTERS;

  /** A character is {@code \\u002f} at most. */
  private static final int LONGEST = CHARACTERS * 7;

  private static final int BEFORE = 640;
  private static final int AFTER = 320;

  private static final String EMULATOR =
      "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==";

  @Override
  public Optional<Sighting> look(Piece piece, int start, int end) {
    return placed(piece, start, end).flatMap(key -> judge(piece, key, end));
  }

  private record Placed(int at, String text) {

    static Placed of(int at, String characters) {
      return new Placed(at, characters + "==");
    }

    @Override
    public String toString() {
      return "Placed[at=" + at + "]";
    }
  }

  private static Optional<Placed> placed(Piece piece, int start, int end) {
    byte[] bytes = piece.bytes();
    if (start < CHARACTERS
        || !RandomKey.canEndIn(bytes[start - 1])
        || goesOn(piece, start, end)
        // What package managers write, of every package.
        || piece.endsWith("sha512-", start - CHARACTERS)
        || !canBeKey(bytes, start, end)) {
      return Optional.empty();
    }
    Unescaped before = piece.text(start - LONGEST, start);
    String text = before.text();
    int first = text.length();
    while (first > 0
        && Ascii.isBase64(text.charAt(first - 1))
        && text.length() - first <= CHARACTERS) {
      first--;
    }
    if (text.length() - first == CHARACTERS) {
      return Optional.of(Placed.of(before.origins()[first], text.substring(first)));
    }
    // What looks like an escape may be a % or a \ that happens to stand before a key.
    int plain = start - CHARACTERS;
    return isBase64(bytes, plain, start) && (plain == 0 || !Ascii.isBase64(bytes[plain - 1]))
        ? Optional.of(Placed.of(plain, ascii(bytes, plain, start)))
        : Optional.empty();
  }

  /** A third equal sign, however they are written, and it is no Base64. */
  private static boolean goesOn(Piece piece, int start, int end) {
    int half = (end - start) / 2;
    byte[] bytes = piece.bytes();
    return end + half <= piece.length()
        && Arrays.equals(bytes, start, start + half, bytes, end, end + half);
  }

  /** Cheaply, whether what stands there can be characters of Base64, and escapes of some. */
  private static boolean canBeKey(byte[] bytes, int start, int end) {
    int half = (end - start) / 2;
    for (int i = start - CHARACTERS; i < start; i++) {
      if (!Ascii.isBase64(bytes[i])
          && ("%\\&#;".indexOf(bytes[i]) < 0
              // An equal sign stands at the end only.
              || Arrays.equals(bytes, i, i + half, bytes, start, start + half))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBase64(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Ascii.isBase64(bytes[i])) {
        return false;
      }
    }
    return true;
  }

  private static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
  }

  private static Optional<Sighting> judge(Piece piece, Placed key, int end) {
    Optional<byte[]> random = RandomKey.bytes(key.text());
    if (random.isEmpty()) {
      return Optional.empty();
    }
    if (key.text().equals(EMULATOR)) {
      return Optional.of(
          new Sighting(key.at(), Kind.EMULATOR_KEY, Optional.empty(), Optional.empty()));
    }
    Around around =
        new Around(
            piece.text(key.at() - BEFORE, key.at()).text().toLowerCase(Locale.ROOT),
            piece.text(end, end + AFTER).text().toLowerCase(Locale.ROOT));
    Optional<Fingerprint> fingerprint = random.map(Fingerprint::of);
    return switch (around.owner()) {
      case COSMOS -> {
        Optional<Endpoint> endpoint = around.endpoint();
        yield Optional.of(
            new Sighting(
                key.at(), kind(endpoint, around), endpoint.map(Endpoint::name), fingerprint));
      }
      case ANOTHER, UNKNOWN ->
          Optional.of(new Sighting(key.at(), Kind.PERHAPS_KEY, Optional.empty(), fingerprint));
      case NO_SECRET -> Optional.empty();
    };
  }

  private static Kind kind(Optional<Endpoint> endpoint, Around around) {
    return switch (endpoint.map(Endpoint::type).orElse(Endpoint.Type.NOSQL)) {
      case NOSQL -> around.isConnectionString() ? Kind.CONNECTION_STRING : Kind.ACCOUNT_KEY;
      case OTHER_API -> Kind.OTHER_API_KEY;
      case LEASE -> Kind.LEASE_CONNECTION_STRING;
    };
  }
}
