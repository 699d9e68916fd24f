package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a secret is: in a file that only the gateway's user can read, or in a key vault. It is held
 * in memory only, and read again once it isn't accepted any more.
 *
 * @param file the file with the secret
 * @param vault the vault with it, which is asked as the gateway's identity in Azure
 * @param secret its name there
 */
public record SecretSource(Optional<Path> file, Optional<Endpoint> vault, Optional<String> secret) {

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed, missing or said twice
   */
  public SecretSource {
    if (file.isEmpty() && vault.isEmpty()) {
      throw new IllegalArgumentException("expected a file, or a vault and a secret");
    }
    require(
        file.isEmpty() || vault.isEmpty(),
        "the secret is in a file; expected a file or a vault",
        "vault");
    require(file.isEmpty() || secret.isEmpty(), "expected a secret of a vault only", "secret");
    require(
        vault.isEmpty() || secret.isPresent(),
        "which of its secrets? expected secret too",
        "vault");
    require(
        secret.filter(name -> !AccountKeys.isSecret(name)).isEmpty(),
        "expected the name of a secret: letters, digits and hyphens",
        "secret");
  }
}
