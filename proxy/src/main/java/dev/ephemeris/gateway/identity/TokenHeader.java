package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.TokenType;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The JOSE header of a token, read before anything is verified, only to refuse what no key should
 * even be tried on (RFC 8725 §3.1, §3.11).
 */
record TokenHeader(String algorithm, TokenType type, String kid) {

  static final int MAX_TOKEN = 16 * 1024;

  /**
   * What would change how the token is read (RFC 7515 §4.1.11, RFC 7797), or would have it bring
   * its own key or say where to fetch one (RFC 7515 §4.1.2, .3, .5, .6): no issuer of access tokens
   * needs it.
   */
  private static final Set<String> REFUSED = Set.of("crit", "b64", "jku", "jwk", "x5u", "x5c");

  /** The header, or empty if this isn't an access token that we'd verify. */
  static Optional<TokenHeader> read(String token) {
    return read(token, TokenHeader::type);
  }

  /** The header of a logout token; empty if it is of another type. */
  static Optional<TokenHeader> ofLogout(String token) {
    // OpenID Connect Back-Channel Logout 1.0 §2.4: that type is only recommended.
    return read(
        token,
        typ ->
            Set.of("logout+jwt", "application/logout+jwt", "jwt")
                    .contains(typ.toLowerCase(Locale.ROOT))
                ? Optional.of(TokenType.JWT)
                : Optional.empty());
  }

  private static Optional<TokenHeader> read(
      String token, Function<String, Optional<TokenType>> types) {
    if (token.length() > MAX_TOKEN) {
      return Optional.empty();
    }
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return Optional.empty(); // a JWE, or nothing of the kind
    }
    return StrictJson.part(parts[0])
        .filter(header -> Collections.disjoint(header.fieldNames(), REFUSED))
        .flatMap(
            header ->
                types
                    .apply(text(header, "typ", "JWT"))
                    .map(
                        type ->
                            new TokenHeader(
                                text(header, "alg", ""), type, text(header, "kid", ""))));
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
      case "vnd.backstage.user" -> Optional.of(TokenType.BACKSTAGE_USER);
      default -> Optional.empty();
    };
  }
}
