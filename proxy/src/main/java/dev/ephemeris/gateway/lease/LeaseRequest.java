package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What somebody asks for.
 *
 * @param form what is to be shown for it; nobody asks for a lease of one's own token, which is
 *     opened by showing it
 * @param partitionKey what of the container's items it is for, all if empty
 * @param item the id of the only item that it is for, in the lane token; all if empty
 * @param ttl how long; the rule's default if empty
 * @param deliver how whoever asks will hand the credential over
 * @param reason what it is for, in a line of up to 500 characters
 * @param ticket where that is written down, up to 100 characters
 */
public record LeaseRequest(
    Scope scope,
    Optional<PartitionKey> partitionKey,
    Optional<String> item,
    RoleName role,
    Lane lane,
    CredentialForm form,
    Optional<Duration> ttl,
    Delivery deliver,
    Optional<String> reason,
    Optional<String> ticket) {

  private static final int LONGEST_REASON = 500;
  private static final int LONGEST_TICKET = 100;

  /**
   * @throws IllegalArgumentException if the partition key is of no container, or empty; or if
   *     reason or ticket are no line of text, or too long
   */
  public LeaseRequest {
    Lease.requireKeyOfContainer(scope, partitionKey);
    if (item.isPresent() && (lane != Lane.TOKEN || partitionKey.isEmpty())) {
      throw new IllegalArgumentException(
          "a lease for one item is of the lane token, and has the item's partition key");
    }
    if (form == CredentialForm.LEASE_KEY && lane != Lane.PROXY) {
      throw new IllegalArgumentException("lease keys are for the lane proxy");
    }
    if (form == CredentialForm.OWN_TOKEN) {
      throw new IllegalArgumentException("one's own token isn't given out");
    }
    reason.ifPresent(LeaseRequest::requireReason);
    ticket.ifPresent(text -> requireLine(text, LONGEST_TICKET, "ticket"));
  }

  /**
   * A partition key by its levels, as whoever asks says them.
   *
   * @param what what they know it as
   * @throws IllegalArgumentException if there can't be such a key
   */
  public static Optional<PartitionKey> readPartitionKey(@Nullable JsonArray levels, String what) {
    return Optional.ofNullable(levels)
        .map(
            key ->
                PartitionKey.parse(key.encode())
                    .orElseThrow(
                        () ->
                            new IllegalArgumentException(
                                what + " isn't an array of one to three values")));
  }

  /** As it is if nothing else is said. */
  static LeaseRequest of(
      Scope scope, Optional<PartitionKey> partitionKey, RoleName role, Delivery deliver) {
    return new LeaseRequest(
        scope,
        partitionKey,
        Optional.empty(),
        role,
        Lane.PROXY,
        CredentialForm.LEASE_TOKEN,
        Optional.empty(),
        deliver,
        Optional.empty(),
        Optional.empty());
  }

  /** The same, with what its asker says about it. */
  LeaseRequest saying(Optional<String> why, Optional<String> where) {
    return with(scope, partitionKey, ttl, why, where);
  }

  /** The same, for as long. */
  LeaseRequest lasting(Duration time) {
    return with(scope, partitionKey, Optional.of(time), reason, ticket);
  }

  /**
   * The same, of less.
   *
   * @throws IllegalArgumentException if it is more, or something else, in any respect
   */
  LeaseRequest narrowed(AccessAnswer.Narrowed to) {
    if (to.scope().filter(narrow -> !scope.covers(narrow)).isPresent()) {
      throw new IllegalArgumentException(to.scope().get() + " isn't within " + scope);
    }
    if (to.partitionKey()
        .filter(key -> !partitionKey.map(key::startsWith).orElse(true))
        .isPresent()) {
      throw new IllegalArgumentException(
          "partition key "
              + to.partitionKey().get().header()
              + " isn't within "
              + partitionKey.map(PartitionKey::header).orElse(""));
    }
    if (to.ttl().isPresent()
        && ttl.filter(time -> time.compareTo(to.ttl().get()) < 0).isPresent()) {
      throw new IllegalArgumentException("that is for longer than was asked for");
    }
    return with(
        to.scope().orElse(scope),
        to.partitionKey().or(() -> partitionKey),
        to.ttl().or(() -> ttl),
        reason,
        ticket);
  }

  private LeaseRequest with(
      Scope on,
      Optional<PartitionKey> key,
      Optional<Duration> time,
      Optional<String> why,
      Optional<String> where) {
    return new LeaseRequest(on, key, item, role, lane, form, time, deliver, why, where);
  }

  /**
   * @throws IllegalArgumentException if it is no line of text, or too long
   */
  static void requireReason(String text) {
    requireLine(text, LONGEST_REASON, "reason");
  }

  private static void requireLine(String text, int longest, String what) {
    if (text.isBlank()
        || text.length() > longest
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "the %s isn't a line of 1 to %d characters".formatted(what, longest));
    }
  }
}
