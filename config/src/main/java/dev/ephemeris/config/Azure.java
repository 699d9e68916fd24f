package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.azure.Guid;
import dev.ephemeris.policy.yaml.Default;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who the gateway is to Azure's management, which holds the keys of accounts and the roles of those
 * who use them.
 *
 * @param identity to Resource Manager and to key vaults; another than to the accounts themselves is
 *     best
 * @param tenantId the directory that the accounts are in, whose object ids count for the lane rbac;
 *     that of the identity if it says one
 * @param resourceManager where Resource Manager is in the accounts' cloud
 * @param accountsWithin which accounts may come by themselves, or be added; none if empty
 * @param listEvery how often Azure is asked which accounts have come, and which have gone
 */
public record Azure(
    EntraIdentity identity,
    Optional<String> tenantId,
    @Default("https://management.azure.com/") Endpoint resourceManager,
    @Default("[]") List<AccountsWithin> accountsWithin,
    @Default("1m") Duration listEvery) {

  /** Azure counts what it is asked. */
  private static final Duration OFTENEST = Duration.ofSeconds(1);

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Azure {
    require(
        tenantId.filter(id -> Guid.parse(id).isEmpty()).isEmpty(),
        "expected a tenant's id, a GUID",
        "tenantId");
    tenantId = tenantId.or(identity::tenantId);
    accountsWithin = List.copyOf(accountsWithin);
    require(listEvery.compareTo(OFTENEST) >= 0, "expected a time from a second on", "listEvery");
  }
}
