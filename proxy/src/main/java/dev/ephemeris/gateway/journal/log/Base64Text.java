package dev.ephemeris.gateway.journal.log;

import java.util.Base64;
import java.util.Optional;

/** Base64 in the one form that there is of some bytes (RFC 4648 section 4, canonical: 3.5). */
final class Base64Text {

  private Base64Text() {}

  /** The bytes; empty if this isn't how they are written. */
  static Optional<byte[]> decode(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      // The JDK's decoder takes other bits in the last character, and text without padding.
      return Optional.of(bytes).filter(b -> Base64.getEncoder().encodeToString(b).equals(text));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
