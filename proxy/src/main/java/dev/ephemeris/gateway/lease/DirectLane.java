package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.custody.Secret;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A lane by which clients reach an account themselves: what Cosmos DB enforces is made there before
 * the lease is kept, and what lets anybody in only after that. Thread-safe.
 *
 * <p>The policy was asked before. What is left to the lane is whether the account can hold to
 * exactly that: if it would give more, it gives nothing.
 */
public interface DirectLane {

  /**
   * What is handed over for less than that is of no use; Cosmos DB makes no resource tokens for
   * less.
   */
  Duration SHORTEST = Duration.ofSeconds(10);

  /**
   * What a lease is to be for.
   *
   * @param caller who asks
   * @param item the only item, if it is for one
   */
  record Wanted(
      Authentication.Accepted caller,
      Scope scope,
      Optional<PartitionKey> partitionKey,
      Optional<String> item,
      Set<Action> actions) {}

  /** What came of it; failures of the account's are answers, too. */
  sealed interface Answer<T> {

    record Given<T>(T value) implements Answer<T> {}

    /** This can't be had in this lane; the message says what to ask for instead. */
    record Refused<T>(String message) implements Answer<T> {}

    /** Not now. */
    record Busy<T>(String message, Duration retryAfter) implements Answer<T> {}

    /** The account, or what manages it, doesn't answer as it should. */
    record Unavailable<T>(String message) implements Answer<T> {}
  }

  /** What is handed over. */
  sealed interface Handed {

    /** Where clients connect: the account's own endpoint. */
    String endpoint();

    /** A resource token. Nothing ends it before its time. */
    record ResourceToken(String endpoint, Secret token) implements Handed {}

    /**
     * A role: whoever it was given to shows their own token of Entra ID.
     *
     * @param effectiveWithin how long it may take until the account knows of it
     */
    record Role(String endpoint, Duration effectiveWithin) implements Handed {}
  }

  /**
   * Makes what the lease will refer to. Lets nobody in: the lease isn't kept yet, and may never be.
   */
  Future<Answer<AtAccount>> prepare(Wanted wanted);

  /** Lets the holder of a lease in until it ends, for which was prepared. */
  Future<Answer<Handed>> open(Lease lease);

  /** The same after a renewal; as often as leases are given, and no more often. */
  Future<Answer<Handed>> openAgain(Lease lease);

  /** A lease of this lane has ended before its time. Doesn't fail, and doesn't wait. */
  void ended(Lease lease);
}
