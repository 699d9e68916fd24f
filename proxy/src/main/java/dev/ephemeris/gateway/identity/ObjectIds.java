package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.policy.azure.EntraIds;
import dev.ephemeris.policy.azure.Guid;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which object in Entra ID somebody is: what their token says, if it is of the accounts' tenant;
 * else what the catalog says. Whoever asks for something can't say it themselves.
 *
 * <p>Thread-safe.
 */
public final class ObjectIds {

  private final Map<String, ClaimPath> claims = new HashMap<>();
  private final Optional<UUID> tenant;
  private final Grants grants;

  /**
   * @param tenantId of the accounts' directory; without it no token says anything
   */
  public ObjectIds(List<Issuer> issuers, Optional<String> tenantId, Grants grants) {
    issuers.forEach(
        issuer -> issuer.objectIdClaim().ifPresent(claim -> claims.put(issuer.name(), claim)));
    this.tenant = tenantId.flatMap(Guid::parse);
    this.grants = grants;
  }

  /** The object that this is now; empty if nobody says. */
  public Optional<UUID> of(Identity who) {
    return ofToken(who).or(() -> grants.now().directory().objectId(who));
  }

  private Optional<UUID> ofToken(Identity who) {
    boolean isOurs =
        tenant.isPresent() && said(who, Issuer.TENANT_ID).flatMap(Guid::parse).equals(tenant);
    return isOurs
        ? Optional.ofNullable(claims.get(who.id().issuer()))
            .flatMap(claim -> said(who, claim))
            .flatMap(Guid::parse)
        : Optional.empty();
  }

  private static Optional<String> said(Identity who, ClaimPath claim) {
    return Optional.ofNullable(who.claims().get(claim.toString()));
  }

  /** What somebody can do whose object isn't known, for the end of a message. */
  public static String advice() {
    return "Sign in with a token of Entra ID's of the account's tenant, or have whoever keeps the"
        + " catalog say it: in the annotation "
        + EntraIds.USER_ID
        + " of your User, or "
        + Entity.OBJECT_ID
        + " of your Component.";
  }
}
