package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.PartitionKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Who may do what with an account: its keys, the tokens that it mints, and the roles of principals.
 * What Azure's management API changes.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class AccountAccess {

  /** Its monitor guards it and all below. */
  private final Account account;

  private final AccountKeys keys;
  private final ResourceTokens resourceTokens;
  private final EntraTokens entraTokens;
  private final RoleAssignments roles;
  private final Authenticate authenticate;

  AccountAccess(
      String accountName, String primary, Account account, Regions regions, InstantSource clock) {
    this.account = account;
    this.keys = new AccountKeys(primary, clock);
    this.resourceTokens = new ResourceTokens(account, clock);
    this.entraTokens = new EntraTokens(accountName, clock);
    this.roles = new RoleAssignments(accountName, account, clock);
    this.authenticate = new Authenticate(keys, resourceTokens, entraTokens, roles, regions, clock);
  }

  Authenticate authenticate() {
    return authenticate;
  }

  /** For the routes of permissions, whose answers carry tokens. */
  ResourceTokens resourceTokens() {
    return resourceTokens;
  }

  /**
   * As it was at the start, but for the tenant and who is followed: keys, roles, local
   * authorization.
   */
  void reset() {
    keys.reset();
    roles.clear();
    authenticate.disableLocalAuth(false);
    resourceTokens.endWith(kind -> Optional.empty());
  }

  /** A current key in Base64. */
  public String key(KeyKind kind) {
    synchronized (account) {
      return keys.text(kind);
    }
  }

  /** When a current key was generated. */
  public Instant generationTime(KeyKind kind) {
    synchronized (account) {
      return keys.generated(kind);
    }
  }

  /** Replaces a key: the old one is refused at once. Returns the new one in Base64. */
  public String regenerateKey(KeyKind kind) {
    return regenerateKey(kind, Duration.ZERO);
  }

  /**
   * Replaces a key; the old one works for {@code delay} more, as it does while Azure spreads it.
   */
  public String regenerateKey(KeyKind kind, Duration delay) {
    synchronized (account) {
      return keys.regenerate(kind, delay);
    }
  }

  /**
   * Replaces a key in so much time: until then the old one is current and the new one refused, from
   * then on the other way round.
   */
  public void replaceKeyIn(KeyKind kind, Duration time) {
    synchronized (account) {
      keys.replaceIn(kind, time);
    }
  }

  /**
   * Lets a region be late: from now on it has {@code nodes} nodes that answer in turn, and the
   * first of them takes the keys that worked {@code behind} ago, and no others.
   *
   * @throws IllegalArgumentException if there is no node
   */
  public void lagKeys(String region, Duration behind, int nodes) {
    if (nodes < 1) {
      throw new IllegalArgumentException("a region has one node at least, not " + nodes);
    }
    synchronized (account) {
      keys.lag(region, behind, nodes);
    }
  }

  /**
   * A token for a container or an item, {@code type=resource&ver=1&sig=…;…;}. Nothing revokes it
   * but its end, five minutes after it was due, and the deletion of its container.
   *
   * <p>It is as if the primary key had signed the request for it.
   *
   * @param resource {@code dbs/…/colls/…} or {@code dbs/…/colls/…/docs/…}, by name
   * @param key what every request must name in its partition key header, if present
   * @param lifetime from 10 seconds to a day
   * @throws IllegalArgumentException if there is no such container, or the lifetime isn't allowed
   */
  public String mintResourceToken(
      PermissionMode mode, String resource, Optional<PartitionKey> key, Duration lifetime) {
    if (!ResourceTokens.canLast(lifetime)) {
      throw new IllegalArgumentException("a token lasts from 10 s to a day, not " + lifetime);
    }
    synchronized (account) {
      return resourceTokens
          .signedBy(new Credential.Key(KeyKind.PRIMARY))
          .mint(mode, resource, key, lifetime, Optional.empty())
          .orElseThrow(() -> new IllegalArgumentException("no container or item " + resource));
    }
  }

  /**
   * Lets a resource token end once the key is replaced that signed the request for it, or no
   * longer: which of the two Azure does is written nowhere. At first none ends so.
   */
  public void endResourceTokensWithKeys(boolean end) {
    synchronized (account) {
      resourceTokens.endWith(end ? keys::replaced : kind -> Optional.empty());
    }
  }

  /** Takes access tokens of this tenant from now on, and of no other. */
  public void trust(EntraTenant tenant) {
    synchronized (account) {
      entraTokens.trust(tenant);
    }
  }

  /** Gives a role to a principal, at once. */
  public void assign(RoleAssignment assignment) {
    synchronized (account) {
      roles.add(assignment);
    }
  }

  /** Takes it away again, at once. */
  public void unassign(RoleAssignment assignment) {
    synchronized (account) {
      roles.remove(assignment);
    }
  }

  /**
   * Takes roles from somebody else too, beside those that were assigned here: who has what at an
   * instant. It is asked for each request, and must neither wait nor call back. No reset ends it.
   */
  public void follow(Function<Instant, List<RoleAssignment>> assignments) {
    synchronized (account) {
      roles.follow(assignments);
    }
  }

  /** Whether keys and resource tokens are refused. */
  public boolean localAuthDisabled() {
    synchronized (account) {
      return authenticate.localAuthDisabled();
    }
  }

  /** Refuses keys and resource tokens, or takes them again. */
  public void disableLocalAuth(boolean disabled) {
    synchronized (account) {
      authenticate.disableLocalAuth(disabled);
    }
  }
}
