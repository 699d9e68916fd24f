package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.Enforceable;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.Refusals;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Limits;
import dev.ephemeris.policy.Obligations;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What a lease may do now: the policy of the moment and the lease must both say yes, so that a
 * lease never outlives the rule that it came from.
 */
final class Access {

  /**
   * What a RID of nothing gets, and one of something that the caller may not know of: it must not
   * tell its name.
   */
  static final CosmosError NOTHING_THERE =
      CosmosError.denied("Denied by Ephemeris: nothing that you may read has this RID.");

  private final Grants grants;
  private final Refusals refusals;
  private final Journal journal;
  private final InstantSource clock;

  Access(Grants grants, Refusals refusals, Journal journal, InstantSource clock) {
    this.grants = grants;
    this.refusals = refusals;
    this.journal = journal;
    this.clock = clock;
  }

  /**
   * A lease that is shown.
   *
   * @param from the address by which that is; found out if a rule asks
   */
  record Shown(Lease lease, Supplier<String> from) {
    static Shown in(Exchange exchange) {
      return new Shown(exchange.lease(), exchange::clientAddress);
    }
  }

  /**
   * The circumstances of what is asked with a lease now.
   *
   * @param onceApproved whether it is asked as if everybody had agreed
   */
  private record Now(Shown shown, InstantSource clock, boolean onceApproved)
      implements Circumstances {
    @Override
    public Instant at() {
      return clock.instant();
    }

    @Override
    public Optional<InetAddress> from() {
      return Circumstances.address(shown.from().get());
    }

    @Override
    public Standing standing() {
      return shown.lease().standing();
    }

    @Override
    public Circumstances actedFor() {
      return new OfActedFor(
          this, shown.lease().actsFor().map(Lease.ActsFor::standing).orElse(Standing.NONE));
    }

    @Override
    public boolean isApproved(Approval approval) {
      return onceApproved || shown.lease().isApproved(approval);
    }

    /** Requests are held to the key of their lease, and to no other. */
    @Override
    public boolean isWithinKey(List<String> key) {
      return shown.lease().isWithinKey(key);
    }
  }

  /** Whether a lease may, and what says so. */
  sealed interface Answer {

    /**
     * It may.
     *
     * @param reported what the policy refuses of it, and passes as the account is in report mode;
     *     for {@link RecordIntent} to put on record
     */
    record Yes(RuleName by, Limits limits, List<No> reported) implements Answer {
      public Yes {
        reported = List.copyOf(reported);
      }

      Yes(RuleName by, Limits limits) {
        this(by, limits, List.of());
      }

      /** To both: with the rule of the other, and the stricter limits. */
      Yes and(Yes other) {
        return new Yes(
            other.by,
            limits.min(other.limits),
            reported.isEmpty() // as ever where policies are enforced
                ? other.reported
                : Stream.concat(reported.stream(), other.reported.stream()).distinct().toList());
      }
    }

    /**
     * It may not.
     *
     * @param reason the policy's, or that it is outside the lease
     * @param by the rule that forbids it, if it takes one
     */
    record No(Action action, Scope scope, Disposition reason, Optional<RuleName> by)
        implements Answer {}
  }

  /**
   * What the policy of the moment gives the lease's holder, and whom they act for. Questions that
   * belong together are asked of one grant: the policy may be replaced between two of them.
   */
  Grant grant(Lease lease) {
    return grants.of(lease.principal(), lease.kind(), lease.claims(), lease.actedFor());
  }

  Answer to(Shown shown, Action action, Scope scope) {
    return to(shown, grant(shown.lease()), action, scope);
  }

  private Answer to(Shown shown, Grant grant, Action action, Scope scope) {
    Lease lease = shown.lease();
    return switch (grant.decide(action, scope, lease.form(), new Now(shown, clock, false))) {
      case Decision.Deny(var reason, Optional<RuleName> rule) -> {
        Answer.No no = new Answer.No(action, scope, Disposition.of(reason), rule);
        yield grants.passes(scope.account(), reason)
            ? withinLease(lease, action, scope, reported(no))
            : no;
      }
      case Decision.Allow(RuleName rule, Obligations obligations)
          when !Enforceable.here(obligations) ->
          new Answer.No(action, scope, Disposition.LANE_CANNOT_ENFORCE, Optional.of(rule));
      case Decision.Allow(RuleName rule, Obligations obligations)
          when !lease.isApproved(obligations.approvals()) -> {
        Answer.No no = new Answer.No(action, scope, Disposition.NEEDS_APPROVAL, Optional.of(rule));
        yield grants.reports(scope.account())
            ? withinLease(lease, action, scope, reported(no))
            : no;
      }
      case Decision.Allow(RuleName rule, Obligations obligations) ->
          withinLease(lease, action, scope, new Answer.Yes(rule, obligations.limits()));
    };
  }

  private static Answer withinLease(Lease lease, Action action, Scope scope, Answer.Yes yes) {
    return lease.actions().contains(action) && lease.scope().covers(scope)
        ? yes
        : outsideLease(action, scope);
  }

  private static Answer.Yes reported(Answer.No no) {
    return new Answer.Yes(Grants.REPORT_MODE, Limits.NONE, List.of(no));
  }

  /** The first no, or the yes to the last, with the strictest limits of all. */
  Answer toAll(Shown shown, Set<Action> actions, Scope scope) {
    return toAll(shown, grant(shown.lease()), actions, scope);
  }

  /** The same, of a grant that more is asked of. */
  Answer toAll(Shown shown, Grant grant, Set<Action> actions, Scope scope) {
    Answer.Yes all = yes(shown.lease());
    for (Action action : actions) {
      switch (to(shown, grant, action, scope)) {
        case Answer.No no -> {
          return no;
        }
        case Answer.Yes yes -> all = all.and(yes);
      }
    }
    return all;
  }

  /** What every lease may. */
  static Answer.Yes yes(Lease lease) {
    return new Answer.Yes(lease.rule(), Limits.NONE);
  }

  /** The lease is for one partition key, and the request isn't, or not surely. */
  static Answer.No outsidePartitionKey(Action action, Scope scope) {
    return new Answer.No(action, scope, Disposition.OUTSIDE_PARTITION_KEY, Optional.empty());
  }

  static Answer.No outsideLease(Action action, Scope scope) {
    return new Answer.No(action, scope, Disposition.OUTSIDE_LEASE, Optional.empty());
  }

  /** Writes down that the request was refused; the result is what to answer. */
  Verdict.Refuse refused(Exchange exchange, Set<Action> asked, Answer.No no) {
    Lease lease = exchange.lease();
    try {
      record(
          exchange,
          JournalRecord.Decision.DENY,
          asked,
          new Refusal(no.scope(), no.reason(), no.by()));
    } catch (JournalException e) {
      return JournalFault.REFUSAL;
    }
    return new Verdict.Refuse(
        no.reason(),
        isNamedByRid(exchange) && !mayKnow(exchange, no.scope())
            ? NOTHING_THERE
            : CosmosError.denied(message(lease, no) + waysOut(exchange, no)));
  }

  /**
   * What to do next, if there is anything: ask others, if they can let it be had, and ask why not.
   */
  private String waysOut(Exchange exchange, Answer.No no) {
    if (no.reason() == Disposition.OUTSIDE_PARTITION_KEY) {
      return "";
    }
    Lease lease = exchange.lease();
    boolean approvable =
        grant(lease)
                    .decide(
                        no.action(),
                        no.scope(),
                        CredentialForm.LEASE_TOKEN,
                        new Now(Shown.in(exchange), clock, true))
                instanceof Decision.Allow(RuleName by, Obligations obligations)
            && !obligations.approvals().isEmpty();
    return (approvable ? toAskBy(lease, no) : "")
        + (lease.actsFor().isEmpty()
            ? " Ask “ephemeris explain "
                + no.action().shortName()
                + " "
                + no.scope()
                + "” for what would be needed."
            : " An explanation of "
                + no.action().shortName()
                + " there says what would be needed.");
  }

  /** How to ask others; agents that act for somebody have no command line for that. */
  private String toAskBy(Lease lease, Answer.No no) {
    String id =
        refusals.id(
            lease.principal(),
            lease.actedFor().map(ActedFor::id),
            new Refusals.Refused(no.action(), no.scope(), lease.partitionKey()));
    return lease.actsFor().isEmpty()
        ? " Others can approve it; ask them: “ephemeris request --refusal " + id + " --reason …”."
        : " Others can approve it; ask them by refusal “" + id + "”, and say for what reason.";
  }

  /** Why something is refused where, whatever the action. */
  private record Refusal(Scope scope, Disposition reason, Optional<RuleName> by) {}

  /**
   * Writes down what the policy refuses of a request that passes: each refusal once, with the
   * actions that it is of.
   */
  void reported(Exchange exchange) throws JournalException {
    Map<Refusal, Set<Action>> refused = new LinkedHashMap<>();
    for (Answer.No no : exchange.allowed().reported()) {
      refused
          .computeIfAbsent(
              new Refusal(no.scope(), no.reason(), no.by()), first -> EnumSet.noneOf(Action.class))
          .add(no.action());
    }
    for (Map.Entry<Refusal, Set<Action>> each : refused.entrySet()) {
      record(exchange, JournalRecord.Decision.REPORT, each.getValue(), each.getKey());
    }
  }

  /**
   * The limits over time of each rule of the holder's that allows something of what is asked: of an
   * agent's, the stricter of those and of whom it acts for.
   */
  Map<RuleName, Limits> limits(Exchange exchange) {
    return limits(exchange, grant(exchange.lease()), new Now(Shown.in(exchange), clock, false));
  }

  /** Those of whom the holder acts for, by themselves. */
  Map<RuleName, Limits> limitsOfActedFor(Exchange exchange, ActedFor whom) {
    return limits(
        exchange,
        grants.of(whom.id(), whom.kind(), whom.claims()),
        new Now(Shown.in(exchange), clock, false).actedFor());
  }

  private static Map<RuleName, Limits> limits(
      Exchange exchange, Grant grant, Circumstances circumstances) {
    Map<RuleName, Limits> limits = new LinkedHashMap<>();
    for (Action action : exchange.allowed().actions()) {
      if (grant.decide(action, exchange.allowed().scope(), exchange.lease().form(), circumstances)
              instanceof Decision.Allow(RuleName rule, Obligations obligations)
          && obligations.limits().areOverTime()) {
        limits.merge(rule, obligations.limits(), Limits::min);
      }
    }
    return limits;
  }

  /**
   * Writes down that the request was refused for now.
   *
   * @param rule whose limits it would be beyond
   */
  void overBudget(Exchange exchange, RuleName rule) throws JournalException {
    record(
        exchange,
        JournalRecord.Decision.DENY,
        exchange.allowed().actions(),
        new Refusal(exchange.allowed().scope(), Disposition.OVER_BUDGET, Optional.of(rule)));
  }

  private void record(Exchange exchange, String decision, Set<Action> actions, Refusal refusal)
      throws JournalException {
    Lease lease = exchange.lease();
    journal.append(
        new JournalRecord.Decision(
            clock.instant(),
            Optional.of(lease.id().value()),
            lease.sessionId(),
            lease.principal().toString(),
            lease.actsForText(),
            actions.stream().map(Action::shortName).toList(),
            refusal.scope().toString(),
            decision,
            refusal.reason().code(),
            refusal.by().map(RuleName::value),
            Optional.of(exchange.activityId())));
  }

  private static boolean isNamedByRid(Exchange exchange) {
    return !exchange.request().address().equals(exchange.subject());
  }

  /** Whether the lease may learn what this is called. */
  private boolean mayKnow(Exchange exchange, Scope scope) {
    return to(Shown.in(exchange), Action.READ_METADATA, scope) instanceof Answer.Yes;
  }

  private static String verb(Answer.No no) {
    return switch (no.reason()) {
      case LANE_CANNOT_ENFORCE -> "obliges to what this gateway can't do";
      case NEEDS_APPROVAL -> "gives it after an approval, and nobody has approved this lease";
      default -> "denies it";
    };
  }

  private String message(Lease lease, Answer.No no) {
    if (no.reason() == Disposition.OUTSIDE_PARTITION_KEY && no.by().isPresent()) {
      return "Denied by Ephemeris: rule “"
          + no.by().get().value()
          + "” lets queries and feeds of "
          + no.scope()
          + " go to one partition key at a time, and this one names none. SDKs take the key as an"
          + " option; what reads over several keys, such as readMany, isn't to be had here.";
    }
    if (no.reason() == Disposition.OUTSIDE_PARTITION_KEY) {
      return "Denied by Ephemeris: lease "
          + lease.id()
          + " is for one partition key of "
          + lease.scope()
          + ", and this request isn't bound to it. Name the key in each operation: queries, feeds"
          + " and change feeds take it as an option; what reads over several keys, such as"
          + " readMany, isn't to be had with this lease.";
    }
    return "Denied by Ephemeris: "
        + grants.describe(lease.holder(), lease.actedFor())
        + " may not take "
        + no.action().shortName()
        + " on "
        + no.scope()
        + ": "
        + no.by()
            .map(name -> "rule “" + name.value() + "” " + verb(no) + ".")
            .orElse(
                (no.reason() == Disposition.ACTED_FOR_MAY_NOT
                        ? "no rule allows it to whom it acts for, and an agent may do what both"
                            + " may. Lease "
                        : "no rule allows it with this lease. Lease ")
                    + lease.id()
                    + " gives role “"
                    + lease.role().value()
                    + "” on "
                    + lease.scope()
                    + ", under rule “"
                    + lease.rule().value()
                    + "”.");
  }
}
