package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.InvalidField;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How much a lease may take under a rule; what is empty isn't limited.
 *
 * @param requestUnitsPerMinute on average; ten seconds' worth may be spent at once
 * @param concurrentRequests on their way at one time
 * @param requestBytes of one request's body
 * @param itemsPerPage of one page of a query or feed
 * @param crossPartition whether queries and feeds must name one partition key
 */
public record Limits(
    Optional<Integer> requestUnitsPerMinute,
    Optional<Integer> concurrentRequests,
    Optional<Integer> requestBytes,
    Optional<Integer> itemsPerPage,
    Optional<CrossPartition> crossPartition) {

  public static final Limits NONE =
      new Limits(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * @throws InvalidField (an IllegalArgumentException) naming what isn't positive
   */
  public Limits {
    requirePositive(requestUnitsPerMinute, "requestUnitsPerMinute");
    requirePositive(concurrentRequests, "concurrentRequests");
    requirePositive(requestBytes, "requestBytes");
    requirePositive(itemsPerPage, "itemsPerPage");
  }

  private static void requirePositive(Optional<Integer> limit, String name) {
    if (limit.filter(number -> number < 1).isPresent()) {
      throw new InvalidField("expected a number above zero", name);
    }
  }

  public boolean isNone() {
    return equals(NONE);
  }

  /** Whether it takes a count of what was taken before to hold somebody to them. */
  public boolean areOverTime() {
    return requestUnitsPerMinute.isPresent() || concurrentRequests.isPresent();
  }

  /** The stricter of both in each respect. */
  public Limits min(Limits other) {
    if (other.isNone()) {
      return this;
    }
    return new Limits(
        min(requestUnitsPerMinute, other.requestUnitsPerMinute),
        min(concurrentRequests, other.concurrentRequests),
        min(requestBytes, other.requestBytes),
        min(itemsPerPage, other.itemsPerPage),
        crossPartition.or(other::crossPartition));
  }

  private static Optional<Integer> min(Optional<Integer> a, Optional<Integer> b) {
    return Stream.concat(a.stream(), b.stream()).min(Integer::compare);
  }
}
