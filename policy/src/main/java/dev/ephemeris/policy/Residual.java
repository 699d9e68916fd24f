package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is left to ask at each request of a rule that is for the caller: its conditions, and whether
 * what is asked for has its partition key.
 *
 * @param key all text; empty for all keys
 * @param approvals what the lease was given after, for a rule to come before those that need none
 * @param actedFor what is to ask of a rule for whom the caller acts for, besides
 */
record Residual(
    Conditions when, List<String> key, Set<Approval> approvals, Optional<Residual> actedFor) {

  static final Residual NONE = new Residual(Conditions.NONE, List.of());

  Residual(Conditions when, List<String> key) {
    this(when, key, Set.of(), Optional.empty());
  }

  Residual {
    key = List.copyOf(key);
    approvals = Set.copyOf(approvals);
  }

  boolean isNone() {
    return when.isNone() && key.isEmpty() && approvals.isEmpty() && actedFor.isEmpty();
  }

  Residual onceApproved(Set<Approval> wanted) {
    return new Residual(when, key, wanted, actedFor);
  }

  /** This, and that of whom the caller acts for. */
  Residual and(Residual theirs) {
    return theirs.isNone() ? this : new Residual(when, key, approvals, Optional.of(theirs));
  }

  /** The conditions of both. */
  Stream<Conditions> conditions() {
    return Stream.concat(Stream.of(when), actedFor.stream().flatMap(Residual::conditions));
  }

  boolean holds(Circumstances circumstances) {
    return (key.isEmpty() || circumstances.isWithinKey(key))
        && (approvals.isEmpty() || approvals.stream().allMatch(circumstances::isApproved))
        && when.hold(circumstances)
        && (actedFor.isEmpty() || actedFor.get().holds(circumstances.actedFor()));
  }

  /** For example {@code of partition key eu/acme, from 10.0.0.0/8}; {@code any} for none. */
  @Override
  public String toString() {
    return isNone()
        ? "any"
        : Stream.of(
                key.isEmpty() ? "" : "of partition key " + String.join("/", key),
                when.toString(),
                approvals.isEmpty() ? "" : "with a lease that was approved",
                actedFor.map(theirs -> "for whom it acts for " + theirs).orElse(""))
            .filter(words -> !words.isEmpty())
            .collect(joining(", "));
  }
}
