package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.TokenType;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * The JOSE header of a token, read before anything is verified, only to refuse what no key should
 * even be tried on (RFC 8725 §3.1, §3.11).
 */
record TokenHeader(String algorithm, TokenType type, String kid) {

  private static final int MAX_TOKEN = 16 * 1024;

  /** The header, or empty if this isn't an access token that we'd verify. */
  static Optional<TokenHeader> read(String token) {
    if (token.length() > MAX_TOKEN) {
      return Optional.empty();
    }
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty(); // a JWE, or nothing of the kind
    }
    try {
      JsonObject header =
          new JsonObject(
              new String(Base64.getUrlDecoder().decode(parts[0]), StandardCharsets.UTF_8));
      boolean extended = header.containsKey("crit") || header.containsKey("b64");
      Optional<TokenType> type = type(text(header, "typ", "JWT"));
      return extended
          ? Optional.empty()
          : type.map(
              known -> new TokenHeader(text(header, "alg", ""), known, text(header, "kid", "")));
    } catch (IllegalArgumentException | DecodeException notAHeader) {
      return Optional.empty();
    }
  }

  /** A text of the header; empty, which nothing accepts, where there is something else. */
  private static String text(JsonObject header, String name, String absent) {
    return header.containsKey(name)
        ? header.getValue(name) instanceof String text ? text : ""
        : absent;
  }

  /** RFC 9068's type, or the generic one; not ID, logout or other tokens' (RFC 7515 §4.1.9). */
  private static Optional<TokenType> type(String typ) {
    return switch (typ.toLowerCase(Locale.ROOT)) {
      case "at+jwt", "application/at+jwt" -> Optional.of(TokenType.AT_JWT);
      case "jwt" -> Optional.of(TokenType.JWT);
      default -> Optional.empty();
    };
  }
}
