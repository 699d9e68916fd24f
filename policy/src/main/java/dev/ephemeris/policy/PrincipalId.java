package dev.ephemeris.policy;

/**
 * Who a principal is: a subject, as one issuer knows it. The same subject of another issuer is
 * someone else.
 *
 * @param issuer the name that the configuration gives the issuer; without a colon, so that the
 *     printed form has one reading
 * @param subject the token's {@code sub}, verbatim
 */
public record PrincipalId(String issuer, String subject) {
  public PrincipalId {
    if (issuer.isBlank() || issuer.contains(":")) {
      throw new IllegalArgumentException("an issuer's name is neither blank nor holds a colon");
    }
    if (subject.isBlank()) {
      throw new IllegalArgumentException("a principal without a subject");
    }
  }

  /**
   * From {@code issuer:subject}.
   *
   * @throws IllegalArgumentException if it isn't that
   */
  public static PrincipalId parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException("expected issuer:subject, and not '" + text + "'");
    }
    return new PrincipalId(text.substring(0, colon), text.substring(colon + 1));
  }

  /** {@code issuer:subject}. */
  @Override
  public String toString() {
    return issuer + ":" + subject;
  }
}
