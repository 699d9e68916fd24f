package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What whoever enforces a rule that allows must see to.
 *
 * @param limits how much a lease may take
 * @param mask fields that the caller doesn't see, nor ask about
 * @param approvals who must agree before a lease is given, all of them; nobody if empty. A rule has
 *     one at most; an agent's, and that of whom it acts for, are two
 * @param channels by which people are told of each lease
 * @param deliver how the credential may be handed over; empty only if an agent's rule and that of
 *     whom it acts for have no way in common
 */
public record Obligations(
    Limits limits,
    Set<FieldPath> mask,
    Set<Approval> approvals,
    Set<Channel> channels,
    Set<Delivery> deliver,
    OnStoreLoss onStoreLoss) {

  /** None. */
  public static final Obligations NONE =
      new Obligations(
          Limits.NONE, Set.of(), Set.of(), Set.of(), Delivery.UNLESS_SAID, OnStoreLoss.GO_ON);

  public Obligations {
    mask = Set.copyOf(mask);
    approvals = Set.copyOf(approvals);
    channels = Set.copyOf(channels);
    deliver = Set.copyOf(deliver);
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /** Both: the stricter in each respect. */
  Obligations and(Obligations other) {
    if (other.isNone() || equals(other)) {
      return this;
    }
    return new Obligations(
        limits.min(other.limits),
        union(mask, other.mask),
        union(approvals, other.approvals),
        union(channels, other.channels),
        deliver.stream().filter(other.deliver::contains).collect(toUnmodifiableSet()),
        onStoreLoss == OnStoreLoss.DENY ? onStoreLoss : other.onStoreLoss);
  }

  private static <T> Set<T> union(Set<T> some, Set<T> others) {
    return Stream.concat(some.stream(), others.stream()).collect(toUnmodifiableSet());
  }

  /**
   * Whether there is something to see to at each request, rather than when a lease is asked for.
   */
  boolean bindRequests() {
    return !limits.isNone() || !mask.isEmpty() || onStoreLoss != OnStoreLoss.GO_ON;
  }

  /** In words, but for limits: {@code masks /email}, {@code after approval by 1 of group:a/b}. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    if (!mask.isEmpty()) {
      words.add("masks " + sorted(mask));
    }
    if (!approvals.isEmpty()) {
      words.add("after approval by " + sorted(approvals));
    }
    if (!channels.isEmpty()) {
      words.add("tells " + sorted(channels));
    }
    if (!deliver.equals(Delivery.UNLESS_SAID)) {
      words.add("handed over as " + sorted(deliver));
    }
    if (onStoreLoss == OnStoreLoss.DENY) {
      words.add("not while the store is lost");
    }
    return List.copyOf(words);
  }

  private static String sorted(Collection<?> some) {
    return some.stream().map(Object::toString).sorted().collect(joining(" and "));
  }
}
