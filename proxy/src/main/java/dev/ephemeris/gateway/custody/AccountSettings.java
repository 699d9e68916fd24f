package dev.ephemeris.gateway.custody;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an account is set up, as Azure Resource Manager shows it.
 *
 * @param localAuthDisabled whether keys and resource tokens are refused
 * @param keysChangeMetadata whether keys can make and delete databases, containers and scripts
 * @param ipRules addresses and ranges that may connect
 * @param subnets whose ids Azure lets connect, if {@code virtualNetworkFilter}
 * @param bypass resources, or services of Azure's, that the firewall doesn't hold back
 * @param minimalTls as Azure spells it: {@code Tls12}
 * @param keysMadeAt by {@link #KEYS}; empty for a key of before {@link #KEYS_SAID_SINCE}
 * @see <a
 *     href="https://learn.microsoft.com/rest/api/cosmos-db-resource-provider/database-accounts/get">
 *     Database Accounts - Get</a>
 */
public record AccountSettings(
    boolean localAuthDisabled,
    boolean keysChangeMetadata,
    PublicNetwork publicNetwork,
    List<String> ipRules,
    boolean virtualNetworkFilter,
    List<String> subnets,
    List<PrivateEndpoint> privateEndpoints,
    List<String> bypass,
    String minimalTls,
    Map<String, Optional<Instant>> keysMadeAt) {

  /** The four keys, as Azure's {@code keyKind} has them. */
  public static final List<String> KEYS =
      List.of("primary", "secondary", "primaryReadonly", "secondaryReadonly");

  /** From then on Azure says when a key was made. */
  public static final Instant KEYS_SAID_SINCE = Instant.parse("2022-06-18T00:00:00Z");

  /** Whether an account has a public address. */
  public enum PublicNetwork {
    ENABLED,
    DISABLED,
    /** A network security perimeter says who gets in. */
    SECURED_BY_PERIMETER,
    /** What Azure didn't have when this was written. */
    OTHER
  }

  /**
   * A private endpoint's connection.
   *
   * @param id of the connection, in Azure
   * @param status as Azure spells it: {@code Approved}, {@code Pending}, …
   */
  public record PrivateEndpoint(String id, String status) {
    public boolean isApproved() {
      return status.equals("Approved");
    }
  }

  public AccountSettings {
    ipRules = List.copyOf(ipRules);
    subnets = List.copyOf(subnets);
    privateEndpoints = List.copyOf(privateEndpoints);
    bypass = List.copyOf(bypass);
    keysMadeAt = Map.copyOf(keysMadeAt);
  }
}
