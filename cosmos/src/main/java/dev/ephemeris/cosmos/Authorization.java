package dev.ephemeris.cosmos;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;

/**
 * The {@code authorization} header of the data plane, {@code type=…&ver=…&sig=…}, in the forms that
 * SDKs send. None of them prints its signature or token.
 */
public sealed interface Authorization {

  /** A signature made with an account key: {@code type=master}. */
  record Master(String signature) implements Authorization {
    @Override
    public String toString() {
      return "Master[…]";
    }
  }

  /**
   * A resource token, which Ephemeris uses as the form of its lease tokens: {@code type=resource}.
   */
  record ResourceToken(String signature) implements Authorization {
    @Override
    public String toString() {
      return "ResourceToken[…]";
    }
  }

  /**
   * An Entra (or any issuer's) access token: {@code type=aad}, or {@code Bearer} as the JavaScript
   * SDK sends it again after a claims challenge.
   */
  record Aad(String token) implements Authorization {
    @Override
    public String toString() {
      return "Aad[…]";
    }
  }

  /** Why a header isn't any of the forms. */
  record Malformed(String why) implements Authorization {}

  /** The longest header that the service takes for each form, in characters as sent. */
  int MAX_MASTER = 1024;

  int MAX_RESOURCE = 8 * 1024;
  int MAX_AAD = 16 * 1024;

  /**
   * Reads one header value, percent-encoded or raw: Java, JavaScript and .NET encode it, the
   * JavaScript SDK sends {@code type=aad} raw.
   *
   * <p>A comma means that two headers were joined on the way; the service would cut at it, encoded
   * or not, so it is refused here. The forms {@code sas} and {@code system} are refused too.
   */
  static Authorization parse(String header) {
    if (header.length() > MAX_AAD) {
      return tooLong(MAX_AAD);
    }
    String text;
    try {
      text =
          header.indexOf('%') >= 0
              ? URLDecoder.decode(header.replace("+", "%2B"), StandardCharsets.UTF_8)
              : header;
    } catch (IllegalArgumentException brokenEscape) {
      return new Malformed("its percent-encoding is broken");
    }
    if (text.indexOf(',') >= 0) {
      return new Malformed("it holds a comma, as two authorization headers joined into one would");
    }
    String bearer = "Bearer "; // RFC 6750; RFC 9110 §11.1: in any case
    return text.regionMatches(true, 0, bearer, 0, bearer.length())
        ? signed(text.substring(bearer.length()), Aad::new)
        : parts(text, header.length());
  }

  private static Authorization parts(String text, int sentLength) {
    int typeEnd = text.indexOf('&');
    int versionEnd = typeEnd < 0 ? -1 : text.indexOf('&', typeEnd + 1);
    if (versionEnd < 0
        || !text.startsWith("type=")
        || !text.startsWith("ver=", typeEnd + 1)
        || !text.startsWith("sig=", versionEnd + 1)) {
      return new Malformed("it is not type=…&ver=…&sig=…");
    }
    String type = text.substring("type=".length(), typeEnd).toLowerCase(Locale.ROOT);
    String version = text.substring(typeEnd + 1 + "ver=".length(), versionEnd);
    String signature = text.substring(versionEnd + 1 + "sig=".length());
    if (!version.equals("1.0") && !version.equals("1")) {
      return new Malformed("its version is not 1.0");
    }
    return switch (type) {
      case "master" ->
          sentLength > MAX_MASTER ? tooLong(MAX_MASTER) : signed(signature, Master::new);
      case "resource" ->
          sentLength > MAX_RESOURCE ? tooLong(MAX_RESOURCE) : signed(signature, ResourceToken::new);
      case "aad" -> signed(signature, Aad::new);
      default -> new Malformed("its type is not one of master, resource and aad");
    };
  }

  private static Authorization signed(String signature, Function<String, Authorization> form) {
    return signature.isEmpty() || !isVisibleAscii(signature)
        ? new Malformed("its signature is empty or holds characters that no SDK sends")
        : form.apply(signature);
  }

  private static Malformed tooLong(int limit) {
    return new Malformed("it is longer than " + limit + " characters");
  }

  private static boolean isVisibleAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }
}
