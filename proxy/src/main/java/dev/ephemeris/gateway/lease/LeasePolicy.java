package dev.ephemeris.gateway.lease;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.FieldPath;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.LeaseTerms;
import dev.ephemeris.policy.Limits;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import dev.ephemeris.policy.Ttl;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the policy says to whoever asks for a lease, or for more time for theirs. Its refusals are
 * in the journal before they are told.
 */
final class LeasePolicy {

  /** What report mode gives whom the rules refuse: shortly, unless more is asked for. */
  static final LeaseTerms.Granted REPORTED =
      new LeaseTerms.Granted(
          new Ttl(Duration.ofMinutes(15), Ttl.UNLESS_SAID.max()),
          new TreeSet<>(Set.of(Grants.REPORT_MODE)),
          Set.of());

  /** What nobody can take back is given shortly. */
  private static final Duration TOKENS_STANDARD = Duration.ofMinutes(15);

  /** What every version of the service's reference lets a token live. */
  private static final Duration TOKENS_MOST = Duration.ofHours(5);

  /** Nobody asks, who would do so from an address; in these lanes no rule that wants one holds. */
  private static final String FROM_NOWHERE = "";

  /** What refuses that which others haven't agreed to, in the journal and to whoever asked. */
  static final String NEEDS_APPROVAL = Disposition.NEEDS_APPROVAL.code();

  private final Grants grants;
  private final Journal journal;

  LeasePolicy(Grants grants, Journal journal) {
    this.grants = grants;
    this.journal = journal;
  }

  /**
   * What is wanted.
   *
   * @param standing of whoever asks, with the reason and the ticket that they give
   * @param actedFor of whom they act for, if they are an agent
   * @param agreed which approvals there are
   */
  record Wanted(
      RoleName role,
      Set<Action> actions,
      Scope scope,
      Optional<PartitionKey> partitionKey,
      Lane lane,
      CredentialForm form,
      Standing standing,
      Optional<Standing> actedFor,
      Predicate<Approval> agreed) {

    Wanted agreed(Predicate<Approval> by) {
      return new Wanted(role, actions, scope, partitionKey, lane, form, standing, actedFor, by);
    }

    /** More of what somebody has. */
    static Wanted moreOf(Lease lease, Standing standing) {
      return new Wanted(
          lease.role(),
          lease.actions(),
          lease.scope(),
          lease.partitionKey(),
          lease.lane(),
          lease.form(),
          standing,
          lease.actsFor().map(Lease.ActsFor::standing),
          lease::isApproved);
    }
  }

  /** What is said to that. */
  sealed interface Answer {

    /**
     * It may be had.
     *
     * @param reported what the policy has against it where it passes all the same
     */
    record Given(LeaseTerms.Granted terms, Map<Action, Decision.Deny> reported) implements Answer {}

    record Refused(Reason reason, Optional<RuleName> rule, String message) implements Answer {}

    /** It may be had once others agree. */
    record NeedsApproval(RuleName rule, String message) implements Answer {}
  }

  /**
   * Asks the policy.
   *
   * @param edition the policy that is asked
   * @param principal who asks
   * @param sessionId in which session
   * @param from the address by which it is asked for
   */
  Answer ask(
      Grants.Edition edition,
      Principal principal,
      String sessionId,
      String from,
      Wanted wanted,
      Instant now)
      throws JournalException {
    return switch (terms(edition, principal, from, wanted, now)) {
      case LeaseTerms.Refused refused when passes(wanted, refused) ->
          new Answer.Given(REPORTED, refused.reasons());
      case LeaseTerms.Refused refused -> refused(principal, sessionId, wanted, refused, now);
      case LeaseTerms.Granted granted
          when !granted.approvals().stream().allMatch(wanted.agreed()) ->
          needsApproval(edition, principal, sessionId, wanted, granted, now);
      case LeaseTerms.Granted granted
          when granted.obligations().stream().allMatch(Enforceable::here) ->
          new Answer.Given(granted, Map.of());
      case LeaseTerms.Granted granted -> unenforceable(principal, wanted, rule(granted));
    };
  }

  private static LeaseTerms terms(
      Grants.Edition edition, Principal principal, String from, Wanted wanted, Instant now) {
    return edition
        .of(principal)
        .leaseTerms(
            wanted.actions(),
            wanted.scope(),
            wanted.lane(),
            wanted.form(),
            new Asked(now, from, wanted));
  }

  /** Whether that may be had once others agree, and only then; not on record. */
  boolean needsOthers(
      Grants.Edition edition, Principal principal, String from, Wanted wanted, Instant now) {
    return terms(edition, principal, from, wanted.agreed(everybody -> true), now)
            instanceof LeaseTerms.Granted agreed
        && !agreed.approvals().isEmpty()
        && !isGivenToAll(edition, principal, from, wanted, agreed, now);
  }

  /**
   * Whether that may be had though nobody agrees, and nothing is masked or limited then that
   * wouldn't be if somebody did; not on record.
   *
   * @param agreed what is given if everybody agrees
   */
  boolean isGivenToAll(
      Grants.Edition edition,
      Principal principal,
      String from,
      Wanted wanted,
      LeaseTerms.Granted agreed,
      Instant now) {
    return terms(edition, principal, from, wanted.agreed(nobody -> false), now)
            instanceof LeaseTerms.Granted asItIs
        && asItIs.approvals().isEmpty()
        && burdens(agreed).containsAll(burdens(asItIs));
  }

  /** What of data or of its amount somebody goes without. */
  private record Burden(Set<FieldPath> mask, Limits limits) {}

  private static Set<Burden> burdens(LeaseTerms.Granted granted) {
    return granted.obligations().stream()
        .filter(each -> !each.mask().isEmpty() || !each.limits().isNone())
        .map(each -> new Burden(each.mask(), each.limits()))
        .collect(toUnmodifiableSet());
  }

  /**
   * Asks again about a lease that was given in a lane where nobody looks at each request: the
   * policy of an edition, about its holder as they are known there.
   */
  Answer askAgain(Grants.Edition edition, Lease lease, Instant now) throws JournalException {
    Principal holder =
        lease
            .actedFor()
            .map(whom -> edition.agent(lease.principal(), "", lease.claims(), whom))
            .orElseGet(
                () -> edition.principal(lease.principal(), lease.kind(), "", lease.claims()));
    return ask(
        edition,
        holder,
        lease.sessionId(),
        FROM_NOWHERE,
        Wanted.moreOf(lease, lease.standing()),
        now);
  }

  /** Where nobody looks at each request, nothing could be reported of what is done with a lease. */
  private boolean passes(Wanted wanted, LeaseTerms.Refused refused) {
    return wanted.lane().decidesEachRequest()
        && refused.reasons().values().stream()
            .allMatch(deny -> grants.passes(wanted.scope().account(), deny.reason()));
  }

  /** The circumstances of asking. */
  private record Asked(Instant at, String address, Wanted wanted) implements Circumstances {

    @Override
    public Optional<InetAddress> from() {
      return Circumstances.address(address);
    }

    @Override
    public Standing standing() {
      return wanted.standing();
    }

    @Override
    public Circumstances actedFor() {
      return new OfActedFor(this, wanted.actedFor().orElse(Standing.NONE));
    }

    @Override
    public boolean isWithinKey(List<String> key) {
      return Lease.isWithin(wanted.partitionKey(), key);
    }

    @Override
    public boolean isApproved(Approval approval) {
      return wanted.agreed().test(approval);
    }
  }

  /** In an account in report mode it may be had all the same, with a word of it in the journal. */
  private Answer needsApproval(
      Grants.Edition edition,
      Principal principal,
      String sessionId,
      Wanted wanted,
      LeaseTerms.Granted terms,
      Instant now)
      throws JournalException {
    RuleName rule = rule(edition, terms);
    boolean passes = wanted.lane().decidesEachRequest() && grants.reports(wanted.scope().account());
    record(
        principal,
        sessionId,
        wanted,
        passes ? JournalRecord.Decision.REPORT : JournalRecord.Decision.DENY,
        NEEDS_APPROVAL,
        Optional.of(rule),
        now);
    return passes
        ? new Answer.Given(REPORTED, Map.of())
        : new Answer.NeedsApproval(
            rule,
            "Rule “"
                + rule
                + "” gives "
                + grants.describe(principal)
                + " role “"
                + wanted.role()
                + "” on "
                + wanted.scope()
                + " after approval by "
                + terms.approvals().stream()
                    .map(Approval::toString)
                    .sorted()
                    .collect(joining(" and "))
                + ". "
                + (wanted.actedFor().isEmpty()
                    ? "Ask for it: “ephemeris request "
                        + wanted.scope()
                        + " --role "
                        + wanted.role()
                        + " --reason …”."
                    : "Ask for it by an access request, and say for what reason."));
  }

  private Answer unenforceable(Principal principal, Wanted wanted, RuleName rule) {
    return new Answer.Refused(
        Reason.LANE_CANNOT_ENFORCE,
        Optional.of(rule),
        "Rule “"
            + rule
            + "” gives "
            + grants.describe(principal)
            + " role “"
            + wanted.role()
            + "” on "
            + wanted.scope()
            + " under obligations that this version of the gateway can't see to.");
  }

  private Answer refused(
      Principal principal, String sessionId, Wanted wanted, LeaseTerms.Refused refused, Instant now)
      throws JournalException {
    // The first that stands in the way, in the order of the actions.
    Action action = EnumSet.copyOf(refused.reasons().keySet()).iterator().next();
    Decision.Deny deny = Objects.requireNonNull(refused.reasons().get(action));
    recordRefusal(principal, sessionId, wanted, deny, now);
    return new Answer.Refused(
        deny.reason(),
        deny.by(),
        "The policy doesn't give "
            + grants.describe(principal)
            + " role “"
            + wanted.role()
            + "” on "
            + wanted.scope()
            + ": "
            + why(action, deny)
            + (wanted.actedFor().isEmpty()
                ? " Ask “ephemeris explain "
                    + action.shortName()
                    + " "
                    + wanted.scope()
                    + "” for the rules that came near."
                : " An explanation of "
                    + action.shortName()
                    + " there has the rules that came near."));
  }

  /**
   * What the policy gives, and the lane can't hold to.
   *
   * @param rule the rule that gives it
   * @param why in a sentence or more
   */
  Answer.Refused beyondLane(
      Principal principal, String sessionId, Wanted wanted, RuleName rule, String why, Instant now)
      throws JournalException {
    Decision.Deny deny = new Decision.Deny(Reason.LANE_CANNOT_ENFORCE, Optional.of(rule));
    recordRefusal(principal, sessionId, wanted, deny, now);
    return new Answer.Refused(
        deny.reason(),
        deny.by(),
        "The lane "
            + wanted.lane().name().toLowerCase(Locale.ROOT)
            + " can't give "
            + grants.describe(principal)
            + " role “"
            + wanted.role()
            + "” on "
            + wanted.scope()
            + ": "
            + why);
  }

  private void recordRefusal(
      Principal principal, String sessionId, Wanted wanted, Decision.Deny deny, Instant now)
      throws JournalException {
    record(
        principal,
        sessionId,
        wanted,
        JournalRecord.Decision.DENY,
        deny.reason().code(),
        deny.by(),
        now);
  }

  private void record(
      Principal principal,
      String sessionId,
      Wanted wanted,
      String decision,
      String reason,
      Optional<RuleName> rule,
      Instant now)
      throws JournalException {
    journal.append(
        new JournalRecord.Decision(
            now,
            Optional.empty(),
            sessionId,
            principal.id().toString(),
            principal.actsFor().map(whom -> whom.id().toString()),
            shortNames(wanted.actions()),
            wanted.scope().toString(),
            decision,
            reason,
            rule.map(RuleName::value),
            Optional.empty()));
  }

  private static String why(Action action, Decision.Deny deny) {
    return switch (deny.reason()) {
      case NO_RULE -> "no rule allows " + action.shortName() + " there.";
      case ACTED_FOR_MAY_NOT ->
          "no rule allows "
              + action.shortName()
              + " there to whom it acts for, and an agent may do what both may.";
      case DENIED_BY_RULE ->
          "rule “"
              + deny.by().map(RuleName::value).orElse("")
              + "” denies "
              + action.shortName()
              + ".";
      case LANE_NOT_PERMITTED -> "neither account nor rule permit this lane there.";
      case LANE_CANNOT_ENFORCE ->
          "a rule has limits, other obligations, conditions or a partition key for "
              + action.shortName()
              + ", or denies it on a part of it, which only the proxy lane can hold to.";
    };
  }

  /**
   * How long a lease of this lane is given for that nobody says how long is wanted.
   *
   * @param terms what the policy gives
   */
  static Duration standard(Lane lane, LeaseTerms.Granted terms) {
    return lane == Lane.TOKEN
        ? shortest(
            terms.ttl().standard(), TOKENS_STANDARD, terms.ttl().max().minus(Lease.overrun(lane)))
        : terms.ttl().standard();
  }

  private static Duration shortest(Duration... durations) {
    return Stream.of(durations).min(Comparator.naturalOrder()).orElseThrow();
  }

  /**
   * What is wrong with the time that is asked for, if anything is.
   *
   * @param terms what the policy gives
   */
  static Optional<String> tooLong(Duration ttl, Lane lane, LeaseTerms.Granted terms) {
    if (lane == Lane.TOKEN
        && terms.ttl().max().compareTo(Lease.overrun(lane).plus(DirectLane.SHORTEST)) <= 0) {
      return Optional.of(
          "Rule “"
              + rule(terms)
              + "” gives at most "
              + Ttl.words(terms.ttl().max())
              + ", and Cosmos DB takes any resource token for about "
              + Ttl.words(Lease.overrun(lane))
              + " longer than it was made for. Use the lane proxy.");
    }
    if (lane == Lane.TOKEN && ttl.compareTo(TOKENS_MOST) > 0) {
      return Optional.of(
          "A resource token is good for at most "
              + Ttl.words(TOKENS_MOST)
              + ", and "
              + Ttl.words(ttl)
              + " were asked for.");
    }
    return ttl.plus(Lease.overrun(lane)).compareTo(terms.ttl().max()) <= 0
        ? Optional.empty()
        : Optional.of(
            "Rule “"
                + rule(terms)
                + "” gives at most "
                + Ttl.words(terms.ttl().max())
                + ", and "
                + Ttl.words(ttl)
                + " were asked for"
                + (lane == Lane.TOKEN
                    ? ", after which Cosmos DB takes a resource token for about "
                        + Ttl.words(Lease.overrun(lane))
                        + " more."
                    : "."));
  }

  /** A lease names one rule; of several that together allow its actions, the first by name. */
  static RuleName rule(LeaseTerms.Granted terms) {
    return terms.by().stream().min(Comparator.naturalOrder()).orElseThrow();
  }

  /** The same; of several, the first by name that wants an approval, if there is one. */
  static RuleName rule(Grants.Edition edition, LeaseTerms.Granted terms) {
    if (terms.approvals().isEmpty()) {
      return rule(terms);
    }
    return terms.by().stream()
        .filter(
            name ->
                Optional.ofNullable(edition.policy().obligations().get(name))
                    .filter(obligations -> !obligations.approvals().isEmpty())
                    .isPresent())
        .findFirst()
        .orElseGet(() -> rule(terms));
  }

  static List<String> shortNames(Set<Action> actions) {
    return EnumSet.copyOf(actions).stream().map(Action::shortName).toList();
  }
}
