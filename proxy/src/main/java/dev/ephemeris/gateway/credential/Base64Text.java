package dev.ephemeris.gateway.credential;

import java.util.Base64;
import java.util.Optional;

/**
 * What may be Base64. Foreign texts have much that isn't, for which an exception each takes long.
 */
final class Base64Text {

  private Base64Text() {}

  /** What is encoded, with padding or without; empty if this is no Base64. */
  static Optional<byte[]> decoded(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '=') {
      end--;
    }
    int padding = text.length() - end;
    if (end % 4 == 1 || (padding > 0 && (padding > 2 || text.length() % 4 != 0))) {
      return Optional.empty();
    }
    for (int i = 0; i < end; i++) {
      if (!Ascii.isBase64(text.charAt(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(Base64.getDecoder().decode(text.substring(0, end)));
  }

  /** The same of Base64 for URLs, without padding, of whose characters the text is. */
  static Optional<byte[]> decodedUrl(String text) {
    return text.length() % 4 == 1
        ? Optional.empty()
        : Optional.of(Base64.getUrlDecoder().decode(text));
  }
}
