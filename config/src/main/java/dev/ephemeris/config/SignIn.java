package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.yaml.Default;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The gateway as a client of an issuer, at which it has people sign in.
 *
 * @param clientId as it is registered there, for the gateway alone
 * @param clientSecretFile the file with its secret, which only the gateway can read; a public
 *     client if empty
 * @param scopes what it asks for; {@code openid} among it
 */
public record SignIn(
    String clientId,
    Optional<Path> clientSecretFile,
    @Default("[openid, profile, email]") List<String> scopes) {

  private static final String OPENID = "openid";

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public SignIn {
    require(!clientId.isBlank(), "expected a client's id", "clientId");
    require(
        scopes.contains(OPENID), "without it there is no ID token; expected openid too", "scopes");
    for (int i = 0; i < scopes.size(); i++) {
      // RFC 6749 section 3.3
      require(
          scopes.get(i).matches("[\\x21\\x23-\\x5B\\x5D-\\x7E]+"),
          "expected a scope, without spaces",
          "scopes",
          i);
    }
    scopes = List.copyOf(scopes);
  }
}
