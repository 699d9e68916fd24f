package dev.ephemeris.config;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.yaml.Default;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * One Cosmos DB account behind the gateway.
 *
 * @param name what Azure calls it; a part of host names and scopes
 * @param environment for example {@code prod}; rules speak of it
 * @param lanes the lanes that it permits
 * @param keyFile the file with the account's key
 * @param caCertificate a PEM file with a certificate authority to trust for this account, beside
 *     those that the Java runtime trusts
 */
public record Account(
    String name,
    String environment,
    Endpoint endpoint,
    @Default("[proxy]") Set<Lane> lanes,
    Path keyFile,
    Optional<Path> caCertificate) {

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Account {
    lanes = new AccountFacts(name, environment, lanes).lanes();
  }

  /** What a policy needs to know of it. */
  public AccountFacts facts() {
    return new AccountFacts(name, environment, lanes);
  }
}
