package dev.ephemeris.config;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.List;

/**
 * How an issuer signs its tokens, by the names of RFC 7518 §3.1 and RFC 8037 §3.1. All are
 * asymmetric: whoever can verify must not be able to sign.
 */
public enum SigningAlgorithm {
  RS256("RS256"),
  RS384("RS384"),
  RS512("RS512"),
  PS256("PS256"),
  PS384("PS384"),
  PS512("PS512"),
  ES256("ES256"),
  ES384("ES384"),
  ES512("ES512"),
  EDDSA("EdDSA");

  private final String jwaName;

  SigningAlgorithm(String jwaName) {
    this.jwaName = jwaName;
  }

  /** The value of a token's {@code alg} header. */
  public String jwaName() {
    return jwaName;
  }

  /**
   * Reads a name as a token spells it.
   *
   * @throws IllegalArgumentException if it isn't one of these
   */
  public static SigningAlgorithm parse(String name) {
    return Suggestion.choose("algorithm", name, List.of(values()));
  }

  @Override
  public String toString() {
    return jwaName;
  }
}
