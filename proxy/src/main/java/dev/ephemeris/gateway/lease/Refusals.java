package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.Seal;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.Scope;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Ids of what was refused on the data plane, to ask others for it by. An id says all of that by
 * itself, so that every gateway with the same root keys knows it, and none has to keep it; and it
 * is of use to nobody but whom it was told. Thread-safe.
 */
public final class Refusals {

  private static final Duration GOOD_FOR = Duration.ofHours(24);

  private static final int PARTS = 4;

  private final Seal seal;
  private final InstantSource clock;

  public Refusals(Seal seal, InstantSource clock) {
    this.seal = seal;
    this.clock = clock;
  }

  /**
   * What was refused.
   *
   * @param partitionKey that of the lease by which it was asked for, if it has one
   */
  public record Refused(Action action, Scope scope, Optional<PartitionKey> partitionKey) {}

  /**
   * The id to tell whom it was refused.
   *
   * @param actsFor for whom, if that is an agent: for nobody else it can ask by the id
   */
  public String id(PrincipalId principal, Optional<PrincipalId> actsFor, Refused refused) {
    return seal.seal(
        String.join(
            "\n",
            Long.toString(clock.instant().getEpochSecond()),
            refused.action().shortName(),
            refused.scope().toString(),
            refused.partitionKey().map(PartitionKey::header).orElse("")),
        about(principal, actsFor));
  }

  /** What was refused by this id to these, in the last 24 hours; empty if nothing was. */
  public Optional<Refused> find(PrincipalId principal, Optional<PrincipalId> actsFor, String id) {
    return seal.unseal(id, about(principal, actsFor)).flatMap(this::read);
  }

  private Optional<Refused> read(String text) {
    String[] parts = text.split("\n", PARTS);
    Instant told = Instant.ofEpochSecond(Long.parseLong(parts[0]));
    if (parts.length < PARTS || !clock.instant().isBefore(told.plus(GOOD_FOR))) {
      return Optional.empty();
    }
    Set<Action> action = Action.matching(parts[1]);
    return Optional.of(
        new Refused(action.iterator().next(), Scope.parse(parts[2]), PartitionKey.parse(parts[3])));
  }

  private static List<String> about(PrincipalId principal, Optional<PrincipalId> actsFor) {
    return Stream.concat(Stream.of(principal), actsFor.stream())
        .flatMap(each -> Stream.of(each.issuer(), each.subject()))
        .toList();
  }
}
