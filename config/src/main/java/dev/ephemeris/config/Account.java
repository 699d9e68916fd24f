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
 * @param keyFile the file with the account's key, if it is in one
 * @param keys where the account's keys come from, if not from a file
 * @param resourceId where the account is in Azure Resource Manager
 * @param caCertificate a PEM file with a certificate authority to trust for this account, beside
 *     those that the Java runtime trusts
 * @param regions those whose endpoints clients may choose between; none if the gateway alone
 *     chooses
 * @param mode whether what the policy's rules refuse is refused
 * @param journal how requests to it are recorded
 */
public record Account(
    String name,
    String environment,
    Endpoint endpoint,
    @Default("[proxy]") Set<Lane> lanes,
    Optional<EntraIdentity> identity,
    Optional<Path> keyFile,
    Optional<AccountKeys> keys,
    Optional<ResourceId> resourceId,
    Optional<Path> caCertificate,
    @Default("[]") List<Region> regions,
    @Default("enforce") Mode mode,
    @Default("{}") Recording journal) {

  /** What becomes of what the policy's rules refuse. */
  public enum Mode {
    /** It is refused. */
    ENFORCE,
    /** It passes, and is put on record: for an account in use that is to come under a policy. */
    REPORT
  }

  /** How requests to an account are recorded. */
  public record Recording(@Default("hashed") Identifiers identifiers) {}

  /** What the journal has of partition keys and ids of items. */
  public enum Identifiers {
    /** Pseudonyms, by a key of the journal's: they may be somebody's data. */
    HASHED,
    /** Themselves: for an account whose ids and keys say nothing about anybody. */
    PLAIN
  }

  private static final int DNS_LABEL = 63;

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Account {
    lanes = new AccountFacts(name, environment, lanes).lanes();
    require(
        identity.isPresent() || keyFile.isPresent() || keys.isPresent(),
        "expected identity, keyFile, or keys, to sign in to the account with");
    require(
        keyFile.isEmpty() || keys.isEmpty(),
        "the account's keys come from one place; expected keyFile, or keys",
        "keys");
    require(
        identity.isEmpty() || keyFile.isEmpty() || lanes.contains(Lane.TOKEN),
        "beside an identity a key is for the lane token alone; expected that lane, or no keyFile",
        "keyFile");
    require(
        identity.isEmpty() || keys.isEmpty() || lanes.contains(Lane.TOKEN),
        "beside an identity keys are for the lane token alone; expected that lane, or no keys",
        "keys");
    require(
        !lanes.contains(Lane.TOKEN) || keyFile.isPresent() || keys.isPresent(),
        "resource tokens are made with the account's key; expected keys or keyFile for lane token",
        "lanes");
    require(
        !lanes.contains(Lane.RBAC) || resourceId.isPresent(),
        "roles are assigned by Azure Resource Manager; expected resourceId for lane rbac",
        "lanes");
    require(
        resourceId.isPresent()
            || keys.filter(from -> from.kind() == AccountKeys.Kind.RESOURCE_MANAGER).isEmpty(),
        "Azure Resource Manager gives them; expected resourceId too",
        "keys",
        "kind");
    require(
        resourceId.isPresent() || keys.flatMap(AccountKeys::rotateEvery).isEmpty(),
        "Azure Resource Manager makes them anew; expected resourceId too",
        "keys",
        "rotateEvery");
    require(
        resourceId.filter(id -> !id.account().equals(name)).isEmpty(),
        "that is another account; expected it to end in /" + name,
        "resourceId");
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
