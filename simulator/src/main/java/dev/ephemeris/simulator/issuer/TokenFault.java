package dev.ephemeris.simulator.issuer;

/**
 * What can be wrong with a token. A relying party has to refuse every one of them; a test that runs
 * over {@link #values()} shows that it does.
 */
public enum TokenFault {
  /** Header {@code alg: none} and an empty signature (RFC 8725 §2.1). */
  ALG_NONE,
  /** HS256, keyed with the issuer's public key as published (RFC 8725 §2.1). */
  HS256_WITH_PUBLIC_KEY,
  /** PS256 with the right key, which is published for RS256 only. */
  OTHER_ALGORITHM,
  /** Signed by another key under the current key's id. */
  WRONG_KEY_SAME_KID,
  /** Signed by another key under an id that was never published. */
  UNKNOWN_KID,
  /** Signed by another key that the token's own {@code jwk} header offers. */
  EMBEDDED_KEY,
  /** Signed, then a claim changed. */
  TAMPERED_PAYLOAD,
  /** A {@code crit} header that names an extension nobody knows (RFC 7515 §4.1.11). */
  CRITICAL_HEADER,
  /** From another issuer, by its claim. */
  WRONG_ISSUER,
  /**
   * The issuer with a slash too many: issuers are compared exactly (OpenID Connect Core §3.1.3.7).
   */
  ISSUER_WITH_TRAILING_SLASH,
  /** For another API. */
  WRONG_AUDIENCE,
  /** For no API at all. */
  NO_AUDIENCE,
  /** An ID token, whose audience is the client. */
  ID_TOKEN,
  /** An ID token's header type over an access token's claims (RFC 9068 §4). */
  WRONG_TYPE,
  /** Expired an hour ago. */
  EXPIRED,
  /** Valid from an hour from now. */
  NOT_YET_VALID,
  /** Without {@code exp}. */
  NO_EXPIRY,
  /** Without {@code sub}. */
  NO_SUBJECT,
  /** Issued to a client that isn't registered. */
  FOREIGN_CLIENT
}
