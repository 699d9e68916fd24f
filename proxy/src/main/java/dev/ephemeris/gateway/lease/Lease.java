package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A credential with a scope no wider than a grant, a lane and an end.
 *
 * @param claims what the issuer said of its holder when it was issued or last renewed, as far as
 *     rules ask
 * @param standing what else was known then, and is asked about as long as it lasts
 * @param actsFor if it is an agent's, for whom it acts with it
 * @param form what is shown for it in the proxy lane; nothing else is good for it. In the others,
 *     where nothing of the gateway's own is shown, {@link CredentialForm#LEASE_TOKEN}
 * @param partitionKey the only items that it is for: those with this key, or with keys that begin
 *     with it; all of the scope's if empty
 * @param actions what it is good for; the policy of the moment may allow less, never more
 * @param rule the rule under which it was issued
 * @param hardEnd what no renewal passes
 * @param revision counts the changes of the stored row
 * @param atAccount what it is at the account, in the lanes that the account enforces
 * @param approved after whose approval it was given, if it took one
 */
public record Lease(
    LeaseId id,
    String sessionId,
    PrincipalId principal,
    PrincipalKind kind,
    Map<String, String> claims,
    Standing standing,
    Optional<ActsFor> actsFor,
    CredentialForm form,
    Scope scope,
    Optional<PartitionKey> partitionKey,
    RoleName role,
    Set<Action> actions,
    Lane lane,
    RuleName rule,
    Instant issuedAt,
    Instant expiresAt,
    Instant hardEnd,
    int revision,
    Optional<Instant> revokedAt,
    Optional<AtAccount> atAccount,
    Optional<Approved> approved) {

  /**
   * How long a resource token goes on after the end that was asked for; reports have about five
   * minutes (azure-docs issue 75962).
   */
  private static final Duration TOKENS_OVERRUN = Duration.ofMinutes(5);

  /**
   * For whom an agent acts. What it may do is asked of both.
   *
   * @param standing what was known of their sign-in; reason and ticket are the lease's
   * @param sessionId theirs: the lease ends with it
   * @param ownSessionId what the agent's own token opened: the lease ends with that, too
   */
  public record ActsFor(ActedFor whom, Standing standing, String sessionId, String ownSessionId) {}

  /** Where a lease is in its life. */
  public enum State {
    ACTIVE,
    EXPIRED,
    REVOKED
  }

  public Lease {
    if (actions.isEmpty()) {
      throw new IllegalArgumentException("a lease without actions is none");
    }
    if (expiresAt.isAfter(hardEnd) || !issuedAt.isBefore(expiresAt)) {
      throw new IllegalArgumentException("a lease ends after it began and by its hard end");
    }
    requireKeyOfContainer(scope, partitionKey);
    if ((kind == PrincipalKind.AGENT) != actsFor.isPresent()) {
      throw new IllegalArgumentException("a lease of an agent says for whom it acts, and no other");
    }
    if ((lane == Lane.PROXY) != atAccount.isEmpty()) {
      throw new IllegalArgumentException("what the account enforces is something there");
    }
    if (lane != Lane.PROXY && form != CredentialForm.LEASE_TOKEN) {
      throw new IllegalArgumentException("in this lane nothing of the gateway's own is shown");
    }
    claims = Map.copyOf(claims);
    actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
  }

  static void requireKeyOfContainer(Scope scope, Optional<PartitionKey> partitionKey) {
    if (partitionKey.isPresent() && scope.container().isEmpty()) {
      throw new IllegalArgumentException("a partition key is of a container; the scope names none");
    }
    if (partitionKey.filter(key -> key.components().isEmpty()).isPresent()) {
      throw new IllegalArgumentException("a partition key has at least one level");
    }
  }

  /** Whose it is, by what is known of them. */
  public Identity holder() {
    return new Identity(principal, kind, claims);
  }

  /**
   * Whether the lease is for this key, or for one that begins with it.
   *
   * @param key its levels, all of them text
   */
  public boolean isWithinKey(List<String> key) {
    return isWithin(partitionKey, key);
  }

  /** Whether these agreed before it was given. */
  public boolean isApproved(Approval approval) {
    return approved.filter(given -> given.approvals().contains(approval)).isPresent();
  }

  /** Whether all of these did; on the way of each request. */
  public boolean isApproved(Set<Approval> all) {
    return all.isEmpty() || (approved.isPresent() && approved.get().approvals().containsAll(all));
  }

  static boolean isWithin(Optional<PartitionKey> own, List<String> key) {
    return own.filter(levels -> levels.startsWith(PartitionKey.ofText(key))).isPresent();
  }

  /** For whom the agent acts whose lease it is; empty if it is no agent's. */
  public Optional<ActedFor> actedFor() {
    return actsFor.map(ActsFor::whom);
  }

  /** The same as text, for the journal. */
  public Optional<String> actsForText() {
    return actsFor.map(agents -> agents.whom().id().toString());
  }

  /** Whether it is this one's, or an agent's that acts for them. */
  public boolean concerns(PrincipalId whose) {
    return principal.equals(whose)
        || actsFor.filter(agents -> agents.whom().id().equals(whose)).isPresent();
  }

  /** The sessions with any of which it ends. */
  public Set<String> sessions() {
    return actsFor
        // The client that has a token of theirs has no session of its own.
        .map(agents -> Set.copyOf(List.of(sessionId, agents.sessionId(), agents.ownSessionId())))
        .orElseGet(() -> Set.of(sessionId));
  }

  public State state(Instant now) {
    if (revokedAt.isPresent()) {
      return State.REVOKED;
    }
    return now.isBefore(expiresAt) ? State.ACTIVE : State.EXPIRED;
  }

  /**
   * Whether it was ended, and its owner, a person, has signed in since. Their issuer may go on with
   * its session, which is then the same here, too.
   */
  boolean isOutlived(Optional<Instant> signedInAt) {
    return kind == PrincipalKind.PERSON
        && revokedAt.filter(end -> signedInAt.filter(end::isBefore).isPresent()).isPresent();
  }

  /** The same lease, with what is said now of whoever shows it; never to be stored. */
  Lease shownBy(Map<String, String> claims, Standing standing) {
    return claims.equals(this.claims) && standing.equals(this.standing)
        ? this
        : with(claims, standing, expiresAt, revision, revokedAt);
  }

  Lease revoked(Instant now) {
    return with(claims, standing, expiresAt, revision + 1, Optional.of(now));
  }

  /** How long what was handed over for a lease of this lane may go on after its end. */
  static Duration overrun(Lane lane) {
    return lane == Lane.TOKEN ? TOKENS_OVERRUN : Duration.ZERO;
  }

  /** When nothing that was handed over for it lets anybody in any more, if nobody ends it. */
  public Instant worksUntil() {
    return expiresAt.plus(overrun(lane));
  }

  /**
   * When its last renewal ends. What was handed over for it is over, too, before the rules' most
   * and the hard end are.
   *
   * @param most what the rules give, from its first issue
   */
  Instant latestEnd(Duration most) {
    Instant end = issuedAt.plus(most);
    return (end.isBefore(hardEnd) ? end : hardEnd).minus(overrun(lane));
  }

  /**
   * The same lease, as renewed for {@code wanted} from {@code now}, or to its {@link #latestEnd} if
   * that is sooner. Never shorter than it was: if nothing is gained, it is the lease as it is.
   *
   * @param claims what the issuer says of its holder now
   * @param standing what else is known now
   */
  Lease renewed(
      Instant now, Duration wanted, Duration most, Map<String, String> claims, Standing standing) {
    Instant end = now.plus(wanted);
    Instant latest = latestEnd(most);
    Instant until = end.isBefore(latest) ? end : latest;
    return until.isAfter(expiresAt) ? with(claims, standing, until, revision + 1, revokedAt) : this;
  }

  private Lease with(
      Map<String, String> claims,
      Standing standing,
      Instant expiresAt,
      int revision,
      Optional<Instant> revokedAt) {
    return new Lease(
        id,
        sessionId,
        principal,
        kind,
        claims,
        standing,
        actsFor,
        form,
        scope,
        partitionKey,
        role,
        actions,
        lane,
        rule,
        issuedAt,
        expiresAt,
        hardEnd,
        revision,
        revokedAt,
        atAccount,
        approved);
  }
}
