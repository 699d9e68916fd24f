package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.yaml.Default;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One Cosmos DB account behind the gateway.
 *
 * @param name what Azure calls it; a part of host names and scopes
 * @param environment for example {@code prod}; rules speak of it
 * @param endpoint where it is; the one without a region in its name
 * @param lanes the lanes that it permits
 * @param identity what the gateway is to the account, if it is somebody in Entra ID
 * @param keyFile the file with the account's key, if the gateway signs with that
 * @param caCertificate a PEM file with a certificate authority to trust for this account, beside
 *     those that the Java runtime trusts
 * @param regions those whose endpoints clients may choose between; none if the gateway alone
 *     chooses
 * @param mode whether what the policy's rules refuse is refused
 */
public record Account(
    String name,
    String environment,
    Endpoint endpoint,
    @Default("[proxy]") Set<Lane> lanes,
    Optional<EntraIdentity> identity,
    Optional<Path> keyFile,
    Optional<Path> caCertificate,
    @Default("[]") List<Region> regions,
    @Default("enforce") Mode mode) {

  /** What becomes of what the policy's rules refuse. */
  public enum Mode {
    /** It is refused. */
    ENFORCE,
    /** It passes, and is put on record: for an account in use that is to come under a policy. */
    REPORT
  }

  private static final int DNS_LABEL = 63;

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Account {
    lanes = new AccountFacts(name, environment, lanes).lanes();
    require(
        identity.isPresent() != keyFile.isPresent(),
        identity.isPresent()
            ? "an account is signed in to by identity or by key; expected one of the two"
            : "expected identity, or keyFile, to sign in to the account with",
        identity.isPresent() ? new Object[] {"keyFile"} : new Object[0]);
    require(
        mode == Mode.ENFORCE || lanes.contains(Lane.PROXY),
        "only in the lane proxy is there anything to report; expected it among the lanes, or"
            + " enforce",
        "mode");
    Set<String> labels = new HashSet<>();
    for (int i = 0; i < regions.size(); i++) {
      Region region = regions.get(i);
      require(
          labels.add(region.label()),
          "'" + region.name() + "' stands here twice; expected another",
          "regions",
          i,
          "name");
      require(
          hostLabel(region).length() <= DNS_LABEL,
          "'" + hostLabel(region) + "' would be longer than a part of a host name can be",
          "regions",
          i,
          "name");
    }
    regions = List.copyOf(regions);
  }

  /** What the host name of one of its regions begins with: {@code orders-prod-westeurope}. */
  public String hostLabel(Region region) {
    return name + "-" + region.label();
  }

  /** What a policy needs to know of it. */
  public AccountFacts facts() {
    return new AccountFacts(name, environment, lanes);
  }
}
