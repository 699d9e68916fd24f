package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.Channel;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.UserRef;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A lease that waits for others to agree; or that was had at once, and waits for them to look at it
 * afterwards.
 *
 * @param requester who asks
 * @param actsFor if that is an agent, for whom
 * @param humans who they were in the catalog when they asked: none of them answers, whatever the
 *     catalog says of them since
 * @param wanted the lease, with how long it is to last
 * @param actions those of its role when it was asked for: nobody has agreed to others
 * @param owners of the workload that asks and of the one that is acted for, as the catalog had them
 *     then
 * @param rule the one that wants the approval
 * @param approvals all that it takes
 * @param channels by which people are told of it
 * @param glassBroken whether the lease was had at once
 * @param answers in their order
 * @param pickedUp the lease, once there is one
 * @param revision counts the changes of the stored row
 */
public record AccessRequest(
    String id,
    Identity requester,
    Optional<ActedFor> actsFor,
    Set<UserRef> humans,
    LeaseRequest wanted,
    Set<Action> actions,
    Set<String> owners,
    RuleName rule,
    Set<Approval> approvals,
    Set<Channel> channels,
    boolean glassBroken,
    Instant askedAt,
    List<AccessAnswer> answers,
    Optional<Instant> withdrawnAt,
    Optional<PickedUp> pickedUp,
    int revision) {

  /** How long it waits for the first to answer. */
  static final Duration WAITS = Duration.ofHours(24);

  /** The lease that came of it. */
  public record PickedUp(LeaseId lease, Instant at) {}

  /** Where a request is in its life. */
  public enum State {
    /** For approvers. */
    WAITING,
    /** To be picked up. */
    APPROVED,
    DENIED,
    WITHDRAWN,
    /** Nobody answered in time, or nobody picked it up. */
    EXPIRED,
    /** There is a lease. */
    PICKED_UP,
    /** There was a lease at once, and nobody has looked at it yet. */
    UNREVIEWED,
    REVIEWED;

    /** As documents have it: {@code picked-up}. */
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * @throws IllegalArgumentException if nobody has to agree, or it doesn't say for how long, or
   *     somebody has agreed to more than was asked for
   */
  public AccessRequest {
    humans = Set.copyOf(humans);
    actions = Set.copyOf(actions);
    owners = Set.copyOf(owners);
    approvals = Set.copyOf(approvals);
    channels = Set.copyOf(channels);
    answers = List.copyOf(answers);
    if (approvals.isEmpty() || wanted.ttl().isEmpty()) {
      throw new IllegalArgumentException("a request says who is to agree, and to how long");
    }
    LeaseRequest unused = agreed(wanted, answers);
  }

  public State state(Instant now) {
    if (withdrawnAt.isPresent()) {
      return State.WITHDRAWN;
    }
    if (answers.stream().anyMatch(answer -> answer.verdict() == AccessAnswer.Verdict.DENIED)) {
      return State.DENIED;
    }
    if (glassBroken) {
      return answers.stream().anyMatch(answer -> answer.verdict().isReview())
          ? State.REVIEWED
          : State.UNREVIEWED;
    }
    if (pickedUp.isPresent()) {
      return State.PICKED_UP;
    }
    if (!now.isBefore(closesAt())) {
      return State.EXPIRED;
    }
    return isApproved() ? State.APPROVED : State.WAITING;
  }

  /**
   * When it is too late to answer it, or to pick it up. That a glass was broken is looked at
   * whenever.
   */
  public Instant closesAt() {
    return approving()
        .findFirst()
        .map(
            first ->
                first
                    .at()
                    .plus(
                        approvals.stream()
                            .map(Approval::expires)
                            .min(Comparator.naturalOrder())
                            .orElseThrow()))
        .orElseGet(() -> askedAt.plus(WAITS));
  }

  private Stream<AccessAnswer> approving() {
    return answers.stream().filter(answer -> answer.verdict() == AccessAnswer.Verdict.APPROVED);
  }

  /** Enough for each approval that it takes, and not only owners of what asks. */
  private boolean isApproved() {
    return approvals.stream()
            .allMatch(
                approval ->
                    approving()
                            .filter(
                                answer ->
                                    approval.from().stream().anyMatch(answer.groups()::contains))
                            .count()
                        >= approval.count())
        && approving().anyMatch(answer -> !answer.owner());
  }

  /** The lease as far as approvers have agreed to it. */
  public LeaseRequest agreed() {
    return agreed(wanted, answers);
  }

  private static LeaseRequest agreed(LeaseRequest wanted, List<AccessAnswer> answers) {
    LeaseRequest agreed = wanted;
    for (AccessAnswer answer : answers) {
      agreed = agreed.narrowed(answer.narrowed());
    }
    return agreed;
  }

  /** Whether it is this one's, or an agent's that acts for them. */
  public boolean concerns(PrincipalId whose) {
    return requester.id().equals(whose)
        || actsFor.filter(whom -> whom.id().equals(whose)).isPresent();
  }

  /** Whether this one has asked for it, acting for that one or for nobody. */
  boolean isBy(PrincipalId who, Optional<PrincipalId> actingFor) {
    return requester.id().equals(who) && actsFor.map(ActedFor::id).equals(actingFor);
  }

  /** For whom it is asked, as text for the journal. */
  Optional<String> actsForText() {
    return actsFor.map(whom -> whom.id().toString());
  }

  AccessRequest answered(AccessAnswer answer) {
    return with(Stream.concat(answers.stream(), Stream.of(answer)).toList(), withdrawnAt, pickedUp);
  }

  AccessRequest withdrawn(Instant at) {
    return with(answers, Optional.of(at), pickedUp);
  }

  AccessRequest pickedUp(PickedUp lease) {
    return with(answers, withdrawnAt, Optional.of(lease));
  }

  /** What was to come of it didn't. */
  AccessRequest notPickedUp() {
    return with(answers, withdrawnAt, Optional.empty());
  }

  private AccessRequest with(
      List<AccessAnswer> answers, Optional<Instant> withdrawnAt, Optional<PickedUp> pickedUp) {
    return new AccessRequest(
        id,
        requester,
        actsFor,
        humans,
        wanted,
        actions,
        owners,
        rule,
        approvals,
        channels,
        glassBroken,
        askedAt,
        answers,
        withdrawnAt,
        pickedUp,
        revision + 1);
  }
}
