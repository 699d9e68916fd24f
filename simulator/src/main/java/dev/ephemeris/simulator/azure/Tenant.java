package dev.ephemeris.simulator.azure;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.ephemeris.simulator.cosmos.EntraTenant;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The tenant in Entra ID: who is in it, which resources tokens are given for, and the tokens.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class Tenant {

  /** The audience of tokens for Resource Manager. */
  public static final String MANAGEMENT = "https://management.azure.com";

  /** The audience of tokens for any Cosmos DB account. */
  public static final String COSMOS = "https://cosmos.azure.com";

  private final String id;
  private final InstantSource clock;
  private final SigningKey key = new SigningKey();

  /** Asked late: the port isn't known before the server listens. */
  private final Supplier<URI> authority;

  /** By client id. Guarded by this. */
  private final Map<String, ServicePrincipal> principals = new HashMap<>();

  /** Object ids of all that roles can be given to. Guarded by this. */
  private final Set<String> objects = new HashSet<>();

  /** What tokens are given for. Guarded by this. */
  private final Set<String> resources = new HashSet<>(Set.of(MANAGEMENT, COSMOS));

  /** Guarded by this. */
  private Duration lifetime = Duration.ofHours(1);

  Tenant(String id, Supplier<URI> authority, InstantSource clock) {
    this.id = id;
    this.authority = authority;
    this.clock = clock;
  }

  /** Its id, a GUID. */
  public String id() {
    return id;
  }

  /** What azure-identity takes as its authority host: {@code https://localhost:PORT/}. */
  public URI authority() {
    return authority.get();
  }

  /** The exact {@code iss} of its tokens; OpenID configuration is below it. */
  public String issuer() {
    return authority() + id + "/v2.0";
  }

  /** Adds an application or a managed identity. */
  public synchronized void add(ServicePrincipal principal) {
    principals.put(principal.clientId(), principal);
    objects.add(principal.objectId());
  }

  /** Adds a user or a group, of whom nothing but the object id is known. */
  public synchronized void addObject(String objectId) {
    objects.add(objectId);
  }

  /**
   * Gives tokens for one more resource, such as {@code https://orders.documents.azure.com}. For any
   * other the token endpoint answers {@code AADSTS500011}.
   */
  public synchronized void addResource(String audience) {
    resources.add(audience);
  }

  /** How long its tokens are good from now on; at first an hour. */
  public synchronized void tokenLifetime(Duration lifetime) {
    this.lifetime = lifetime;
  }

  /**
   * An access token of anybody's, as after a sign-in now.
   *
   * @throws IllegalArgumentException if there is nobody with that object id
   */
  public String token(String objectId, String audience) {
    return token(objectId, audience, claims -> {});
  }

  /** As {@link #token(String, String)}, with other claims: groups, an earlier end. */
  public String token(String objectId, String audience, Consumer<JWTClaimsSet.Builder> change) {
    if (!has(objectId)) {
      throw new IllegalArgumentException("There is nobody with the object id " + objectId);
    }
    var claims = claims(objectId, audience);
    change.accept(claims);
    return key.sign(claims.build());
  }

  /** For the account that shall take this tenant's tokens for these audiences. */
  public EntraTenant asTrusted(Set<String> audiences) {
    return new EntraTenant(issuer(), audiences, key::published);
  }

  String token(ServicePrincipal principal, String audience) {
    return key.sign(
        claims(principal.objectId(), audience)
            .claim("appid", principal.clientId())
            .claim("appidacr", "2")
            .claim("idtyp", "app")
            .build());
  }

  synchronized Duration tokenLifetime() {
    return lifetime;
  }

  synchronized Optional<ServicePrincipal> principal(String clientId) {
    return Optional.ofNullable(principals.get(clientId));
  }

  synchronized boolean has(String objectId) {
    return objects.contains(objectId);
  }

  synchronized boolean gives(String audience) {
    return resources.contains(audience) || audience.equals(own());
  }

  /** Resource Manager here, as a cloud that isn't among those that clients know. */
  String own() {
    return authority().toString().replaceFirst("/$", "");
  }

  SigningKey key() {
    return key;
  }

  private JWTClaimsSet.Builder claims(String objectId, String audience) {
    var now = clock.instant();
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .audience(audience)
        .subject(objectId)
        .claim("oid", objectId)
        .claim("tid", id)
        .claim("ver", "1.0")
        .claim("uti", UUID.randomUUID().toString())
        .issueTime(Date.from(now))
        .notBeforeTime(Date.from(now))
        .expirationTime(Date.from(now.plus(tokenLifetime())));
  }
}
