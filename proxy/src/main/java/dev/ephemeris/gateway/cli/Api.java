package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.doctor.Finding;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The documents of the gateway's API (openapi.yaml), as far as the command line reads them. */
final class Api {

  private Api() {}

  /**
   * @param gateway the gateway itself, if people sign in by it
   */
  record SignInOptions(List<Issuer> issuers, Optional<OwnSignIn> gateway) {}

  record OwnSignIn(String issuer, String clientId) {}

  record Issuer(String name, String issuer, String clientId) {}

  /**
   * @param ownerGroups whose component it is, and all groups above
   * @param linked by what else the same User would be found
   * @param claims what is kept of what the token says
   */
  record Me(
      Principal principal,
      Optional<String> user,
      Optional<String> component,
      Optional<List<String>> ownerGroups,
      Optional<String> client,
      Optional<Instant> signedInAt,
      Optional<Instant> mfaUntil,
      List<String> groups,
      List<Linked> linked,
      Map<String, String> claims,
      Session session) {}

  /**
   * @param claim that says the value; the subject if absent
   */
  record Linked(String issuer, Optional<String> claim, String value) {
    String described() {
      return issuer + ":" + claim.map(name -> name + "=" + value).orElse(value);
    }
  }

  record Findings(List<Found> findings) {}

  /**
   * @param state {@code ok}, {@code warning} or {@code problem}
   */
  record Found(String part, String state, String what, Optional<String> advice) {
    Found(Finding finding) {
      this(finding.part(), finding.state().toString(), finding.what(), finding.advice());
    }
  }

  record Principal(String issuer, String subject, String kind, String name) {}

  record Session(String id, Instant startedAt, Instant endsAt) {}

  /**
   * @param principal whose, in everybody's leases, and if it is an agent's
   * @param actsFor for whom an agent acts with it
   * @param worksUntil in the lane token, until when its tokens are good whatever happens
   */
  record Lease(
      String id,
      Optional<String> principal,
      Optional<String> actsFor,
      String scope,
      Optional<JsonNode> partitionKey,
      Optional<String> item,
      String role,
      List<String> actions,
      String lane,
      String rule,
      Instant issuedAt,
      Instant expiresAt,
      Optional<Instant> worksUntil,
      String state) {

    /** Jackson gives a null node for what isn't there. */
    Lease {
      partitionKey = partitionKey.filter(JsonNode::isArray);
    }
  }

  record Leases(List<Lease> leases) {}

  record Agents(List<Agent> agents) {}

  /**
   * An agent that acts for whoever asks.
   *
   * @param name as people know it
   * @param sessions those that go on
   * @param leases those that are good
   */
  record Agent(
      String id,
      String principal,
      String name,
      Instant since,
      List<SignIn> sessions,
      List<Lease> leases) {}

  /**
   * @param token secret; absent if it is a key, or a role
   * @param key secret; absent if it is a token, or a role
   * @param connectionString secret; the key with its endpoint
   * @param effectiveWithinSeconds of a role
   */
  record IssuedLease(
      Lease lease,
      Optional<String> token,
      Optional<String> key,
      Optional<String> connectionString,
      String endpoint,
      Optional<Long> effectiveWithinSeconds) {

    /** What is shown for it. */
    String credential() {
      return token.or(() -> connectionString).orElse("");
    }

    @Override
    public String toString() {
      return "IssuedLease[" + lease + "]";
    }
  }

  /**
   * @param token secret; of the lane token, with the endpoint
   */
  record RenewedLease(Lease lease, Optional<String> token, Optional<String> endpoint) {

    @Override
    public String toString() {
      return "RenewedLease[" + lease + "]";
    }
  }

  record AccessRequests(List<AccessRequest> accessRequests) {}

  /**
   * @param requester who asks, as people know them, and for whom, if it is an agent
   * @param actsFor for whom it is asked, if it is an agent that asks
   * @param agreed the lease as far as approvers have agreed to it
   * @param leaseId the lease that came of it
   */
  record AccessRequest(
      String id,
      String state,
      String requester,
      Optional<String> actsFor,
      String scope,
      Optional<JsonNode> partitionKey,
      String role,
      List<String> actions,
      String lane,
      long ttlSeconds,
      String reason,
      Optional<String> ticket,
      String rule,
      List<Approval> approvals,
      boolean glassBroken,
      Instant askedAt,
      Instant closesAt,
      List<Answer> answers,
      Agreed agreed,
      Optional<String> leaseId) {

    /** Jackson gives a null node for what isn't there. */
    AccessRequest {
      partitionKey = partitionKey.filter(JsonNode::isArray);
    }
  }

  record Approval(List<String> from, int count) {
    String described() {
      return count + " of " + String.join(" or ", from);
    }
  }

  record Answer(String by, String verdict, Instant at, Optional<String> comment) {}

  record Agreed(String scope, Optional<JsonNode> partitionKey, long ttlSeconds) {

    /** Jackson gives a null node for what isn't there. */
    Agreed {
      partitionKey = partitionKey.filter(JsonNode::isArray);
    }
  }

  /**
   * @param issued the lease, if the glass was broken for it
   */
  record AskedAccess(AccessRequest accessRequest, Optional<IssuedLease> issued) {}

  record Blocks(List<Block> blocks) {}

  /**
   * @param target whom it keeps out, in everybody's blocks
   * @param account where; everywhere if empty
   */
  record Block(
      String id,
      Optional<String> target,
      Optional<String> account,
      Instant at,
      boolean suspends,
      Optional<Instant> liftedAt) {}

  record Sessions(List<SignIn> sessions) {}

  /**
   * @param principal whose, in everybody's sessions
   */
  record SignIn(
      String id,
      Optional<String> principal,
      Optional<String> actsFor,
      String client,
      String address,
      Instant startedAt,
      Instant endsAt,
      String state) {}

  record Killed(String block, int sessions, int leases) {}

  record Accounts(List<Account> accounts, List<String> notices) {}

  /**
   * @param origin {@code configured}, {@code found} or {@code added}
   * @param endsAt when it goes by itself
   */
  record Account(
      String account,
      String environment,
      List<String> lanes,
      String endpoint,
      String origin,
      Optional<Instant> endsAt) {}

  record AccountKeys(
      String account,
      String inUse,
      Optional<Instant> inUseSince,
      Optional<Instant> rotatedAt,
      Optional<Rotation> rotation,
      Optional<Panic> panic) {}

  record Rotation(
      String step,
      Instant dueAt,
      Instant startedAt,
      String startedBy,
      boolean panic,
      Optional<String> failure) {}

  /**
   * @param tokens {@code go-on}, {@code died} or {@code not-seen}
   * @param reason why it wasn't seen
   */
  record Panic(
      Instant startedAt,
      String startedBy,
      Optional<Instant> tokensWorkUntil,
      Optional<String> tokens,
      Optional<String> reason) {}

  /**
   * @param logged whether Azure logs requests for the account's data
   * @param complete whether it is all, and not only those with the most requests
   */
  record KeyUsers(
      String account,
      boolean logged,
      Optional<Instant> since,
      Optional<Boolean> complete,
      Optional<String> advice,
      List<KeyUser> users) {}

  /**
   * @param gateway whether it says that it is a gateway
   */
  record KeyUser(
      String credential,
      String address,
      String userAgent,
      boolean gateway,
      long requests,
      Instant firstSeen,
      Instant lastSeen) {}

  record Posture(String account, List<Weakness> findings, List<String> notRead) {}

  /**
   * @param state {@code warning} or {@code problem}
   */
  record Weakness(String code, String state, String what, String why, List<Fix> fixes) {}

  /**
   * @param kind {@code ephemeris}, {@code az}, {@code bicep} or {@code terraform}
   */
  record Fix(String kind, String text) {}

  record RootKeys(List<RootKey> rootKeys) {}

  record RootKey(
      String kid,
      String from,
      String state,
      Optional<Instant> derivesAt,
      Optional<Instant> revokedAt,
      int leases,
      Optional<Instant> lastLeaseEndsAt) {}

  record AddedRootKey(String kid, Instant derivesAt) {}

  record RevokedRootKey(String kid, int leases, boolean listed) {}

  /**
   * @param next the cursor of the next page
   * @param principals who was looked for, if somebody was
   */
  record Entries(
      List<ObjectNode> entries,
      Optional<String> next,
      Optional<List<String>> principals,
      JournalProgress journal) {}

  record JournalProgress(String log, long first, long size, long indexed) {}

  record Timeline(String sessionId, List<Event> events, boolean more, JournalProgress journal) {}

  /** An entry that is no request's, a request, or many. */
  record Event(
      Optional<ObjectNode> entry, Optional<ObjectNode> outcome, Optional<RequestsAlike> requests) {}

  record RequestsAlike(
      Optional<String> leaseId,
      Optional<String> scope,
      List<String> actions,
      Instant firstAt,
      Instant lastAt,
      long firstSequence,
      long lastSequence,
      long count,
      Map<String, Long> statusCodes,
      long unknown) {}

  record AccessReview(
      Instant at,
      Optional<Instant> since,
      List<Grant> grants,
      List<OwnAction> ownActions,
      List<OpenLease> leases,
      List<OpenSession> sessions,
      boolean more,
      JournalProgress journal) {}

  record LastUse(Instant at, long sequence, long times) {}

  record Grant(
      String who,
      String environment,
      String scope,
      List<String> except,
      Optional<String> role,
      List<String> actions,
      String rule,
      Optional<LastUse> lastRequest,
      Optional<LastUse> lastLease) {}

  record OwnAction(String who, List<String> actions, String rule, Optional<LastUse> last) {}

  record OpenLease(
      String id,
      String principal,
      Optional<String> actsFor,
      String scope,
      String role,
      String lane,
      String rule,
      Instant expiresAt) {}

  record OpenSession(
      String id,
      String principal,
      Optional<String> actsFor,
      String client,
      Instant startedAt,
      Instant endsAt) {}

  record Report(
      String framework, List<Evidence> evidence, List<ReportFile> files, JournalProgress journal) {}

  record Evidence(String id, String title, long count) {}

  record ReportFile(String name, String mediaType, String text) {}

  record Explanation(String decision, String text) {}

  record Problem(String title, Optional<String> detail) {}
}
