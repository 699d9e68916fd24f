package dev.ephemeris.gateway.identity;

/** What the gateway proves itself with at an issuer. It doesn't print itself. */
public final class ClientSecret {

  private final String secret;

  private ClientSecret(String secret) {
    this.secret = secret;
  }

  /**
   * The secret in a file's text.
   *
   * @throws IllegalArgumentException if there is none, or several lines; the message doesn't repeat
   *     it
   */
  public static ClientSecret parse(String text) {
    if (text.isBlank() || text.lines().count() != 1) {
      throw new IllegalArgumentException("a client secret is one line, and not blank");
    }
    return new ClientSecret(text);
  }

  String reveal() {
    return secret;
  }

  @Override
  public String toString() {
    return "ClientSecret";
  }
}
