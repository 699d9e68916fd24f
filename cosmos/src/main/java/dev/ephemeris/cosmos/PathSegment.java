package dev.ephemeris.cosmos;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/**
 * One segment of a path, decoded once and encoded strictly.
 *
 * <p>Between a client, this gateway and the service a segment may be decoded by three parsers that
 * differ in what they make of dots, slashes, backslashes and double encoding. So everything on
 * which they could differ is refused, and what is accepted is encoded down to RFC 3986's unreserved
 * characters.
 */
final class PathSegment {

  /** The service's limit for an item's id is 1,023 bytes. */
  private static final int MAX_BYTES = 1023;

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PathSegment() {}

  /** The decoded segment, or empty if it isn't one that everybody reads the same way. */
  static Optional<String> decode(String raw) {
    return unescape(raw).filter(PathSegment::isValid);
  }

  static void requireValid(String name) {
    if (!isValid(name)) {
      throw new IllegalArgumentException("not a name that Cosmos DB accepts in a path");
    }
  }

  static boolean isValid(String name) {
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      return false;
    }
    // At most three bytes a character, so short names need no counting.
    if (name.length() * 3 > MAX_BYTES && name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      // Cosmos forbids / \ ? # in ids; control characters have no business in one.
      if (c == '/' || c == '\\' || c == '?' || c == '#' || Character.isISOControl(c)) {
        return false;
      }
      // Another decoding would change it: %2F written as %252F.
      if (c == '%' && isHexAt(name, i + 1) && isHexAt(name, i + 2)) {
        return false;
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == name.length()
            || !Character.isLowSurrogate(name.charAt(++i))) {
          return false; // half a character: no UTF-8 for it
        }
      }
    }
    return true;
  }

  static void encode(StringBuilder out, String name) {
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(b)) {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.toHighHexDigit(b)).append(HEX.toLowHexDigit(b));
      }
    }
  }

  /** Percent-decodes once, as UTF-8; empty for what a request line can't hold or bad escapes. */
  private static Optional<String> unescape(String raw) {
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      // Raw ; starts a path parameter for some servers (RFC 3986 §3.3).
      if (c <= 0x20 || c >= 0x7f || c == ';') {
        return Optional.empty();
      }
    }
    return raw.indexOf('%') < 0 ? Optional.of(raw) : percentDecode(raw);
  }

  private static Optional<String> percentDecode(String raw) {
    ByteBuffer bytes = ByteBuffer.allocate(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '%') {
        bytes.put((byte) c);
      } else if (isHexAt(raw, i + 1) && isHexAt(raw, i + 2)) {
        bytes.put((byte) HexFormat.fromHexDigits(raw, i + 1, i + 3));
        i += 2;
      } else {
        return Optional.empty();
      }
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(bytes.flip())
              .toString());
    } catch (CharacterCodingException notUtf8) {
      return Optional.empty();
    }
  }

  private static boolean isHexAt(String text, int index) {
    return index < text.length() && HexFormat.isHexDigit(text.charAt(index));
  }

  private static boolean isUnreserved(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '-'
        || b == '.'
        || b == '_'
        || b == '~';
  }
}
