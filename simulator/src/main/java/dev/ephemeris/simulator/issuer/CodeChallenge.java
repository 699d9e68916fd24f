package dev.ephemeris.simulator.issuer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The hash of a secret that only the client which asked for a code knows (RFC 7636, method S256).
 */
record CodeChallenge(String hash) {
  private static final Pattern HASH = Pattern.compile("[A-Za-z0-9_-]{43}");
  private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

  static Optional<CodeChallenge> parse(String text) {
    return HASH.matcher(text).matches() ? Optional.of(new CodeChallenge(text)) : Optional.empty();
  }

  boolean isAnsweredBy(String verifier) {
    if (!VERIFIER.matcher(verifier).matches()) {
      return false;
    }
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(digest).equals(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
