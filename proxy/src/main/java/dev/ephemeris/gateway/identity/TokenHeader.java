package dev.ephemeris.gateway.identity;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The JOSE header of a token, read before anything is verified, only to refuse what no key should
 * even be tried on (RFC 8725 §3.1, §3.11).
 */
record TokenHeader(String algorithm, String kid) {

  private static final int MAX_TOKEN = 16 * 1024;

  /** Access tokens: RFC 9068's type, the generic one, or none. Not ID, logout or other tokens'. */
  private static final List<String> ACCESS_TOKEN_TYPES =
      List.of("at+jwt", "application/at+jwt", "jwt");

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
      String type = header.getString("typ", "JWT").toLowerCase(java.util.Locale.ROOT);
      if (extended || !ACCESS_TOKEN_TYPES.contains(type)) {
        return Optional.empty();
      }
      return Optional.of(new TokenHeader(header.getString("alg", ""), header.getString("kid", "")));
    } catch (IllegalArgumentException | DecodeException | ClassCastException notAHeader) {
      return Optional.empty();
    }
  }
}
