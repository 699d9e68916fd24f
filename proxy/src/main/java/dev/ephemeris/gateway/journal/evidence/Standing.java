package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Candidate;
import dev.ephemeris.policy.Policy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands at a moment: the policy in force, whom the catalog has, who is signed in and holds
 * what.
 *
 * @param candidates all of whom the policy is asked
 * @param principals by a candidate's name, as whom they come, as far as that is known; of a group,
 *     its members
 */
public record Standing(
    Instant at,
    Policy policy,
    List<Candidate> candidates,
    List<AccountFacts> accounts,
    Map<String, Set<String>> principals,
    List<Lease> leases,
    List<Session> sessions) {

  public Standing {
    candidates = List.copyOf(candidates);
    accounts = List.copyOf(accounts);
    principals = Map.copyOf(principals);
    leases = List.copyOf(leases);
    sessions = List.copyOf(sessions);
  }

  /** A lease that is good. */
  public record Lease(
      String id,
      String principal,
      Optional<String> actsFor,
      String scope,
      String role,
      String lane,
      String rule,
      String sessionId,
      Instant issuedAt,
      Instant expiresAt) {}

  /** A session that goes on. */
  public record Session(
      String id,
      String principal,
      Optional<String> actsFor,
      String kind,
      String client,
      Instant startedAt,
      Instant endsAt) {}
}
