package dev.ephemeris.gateway.mint;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.ObjectIds;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.lease.AtAccount;
import dev.ephemeris.gateway.lease.DirectLane;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.lease.RoleNaming;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The lane rbac: clients reach an account with their own token of Entra ID, by a role that is
 * assigned to them in the account for as long as a lease holds it. Several leases of one caller for
 * one thing hold one assignment.
 *
 * <p>Thread-safe.
 */
public final class RoleLane implements DirectLane, AutoCloseable {

  /**
   * How long an account may take to learn of a role. Azure promises nothing; minutes are what its
   * documentation and people report.
   */
  static final Duration EFFECTIVE_WITHIN = Duration.ofMinutes(5);

  /** Resource Manager's operations take seconds; whoever asks doesn't wait for ever. */
  private static final Duration ASSIGNED_WITHIN = Duration.ofSeconds(50);

  private final Supplier<List<RoleNaming>> namings;
  private final ObjectIds objectIds;
  private final Journal journal;
  private final InstantSource clock;
  private final LanePace pace;

  /** By name. */
  private final Map<String, Kept> accounts = new ConcurrentHashMap<>();

  /**
   * Those that are gone, and may have roles of the gateway's own still; of one name there may be
   * several.
   */
  private final Set<Kept> leaving = ConcurrentHashMap.newKeySet();

  private @Nullable HeldRoles leases;

  private record Kept(Account account, OwnRoles own, RoleKeeper keeper) {}

  /**
   * An account that permits the lane.
   *
   * @param endpoint where clients connect
   */
  public record Account(String name, URI endpoint, AccountRoles roles) {

    boolean isAt(Account other) {
      return roles.account().equals(other.roles.account());
    }
  }

  /**
   * @param namings what gives ids to what the gateway makes, and knows it again; the newest first
   */
  public RoleLane(
      Supplier<List<RoleNaming>> namings,
      ObjectIds objectIds,
      Journal journal,
      InstantSource clock) {
    this.namings = namings;
    this.objectIds = objectIds;
    this.journal = journal;
    this.clock = clock;
    this.pace = new LanePace("roles", 10, 100, clock);
  }

  /** By these leases accounts' roles are to be. Once, before there are any accounts. */
  public void start(Leases leases) {
    start(
        new HeldRoles() {
          @Override
          public Future<Optional<List<Lease>>> upheld(String account) {
            return leases.upheld(Lane.RBAC, account);
          }

          @Override
          public Future<Void> withdraw(Lease lease) {
            return leases.withdraw(lease);
          }
        });
  }

  void start(HeldRoles leases) {
    this.leases = leases;
  }

  /**
   * Sees to it from now on that these accounts' roles are as leases are. One that isn't among them
   * any more is looked at until nothing of the gateway's own is there. Blocks; for one caller at a
   * time.
   */
  public void become(List<Account> next) {
    HeldRoles held = Objects.requireNonNull(leases, "started");
    Map<String, Account> wanted = new HashMap<>();
    next.forEach(account -> wanted.put(account.name(), account));
    accounts.forEach(
        (name, kept) -> {
          Account account = wanted.get(name);
          if (account == null || !account.isAt(kept.account())) {
            kept.keeper().leave();
            leaving.add(kept);
            accounts.remove(name);
          }
        });
    wanted.forEach(
        (name, account) ->
            accounts.compute(
                name,
                (same, kept) ->
                    kept == null
                        ? kept(account, held)
                        : new Kept(account, kept.own(), kept.keeper())));
    leaving.removeIf(kept -> kept.keeper().isThrough());
  }

  /** With whoever saw to it before, if it is back before that was through. */
  private Kept kept(Account account, HeldRoles held) {
    for (Kept gone : leaving) {
      if (account.isAt(gone.account()) && gone.keeper().stay()) {
        leaving.remove(gone);
        return new Kept(account, gone.own(), gone.keeper());
      }
    }
    OwnRoles own = new OwnRoles(account.roles().account(), namings);
    RoleKeeper keeper =
        new RoleKeeper(account.name(), account.roles(), own, held, objectIds, journal, clock);
    keeper.start();
    return new Kept(account, own, keeper);
  }

  /**
   * Whether every account was seen since, and nothing was there that had its id by this root key.
   */
  public boolean hasNothingBy(char kid, Instant since) {
    return keepers().allMatch(keeper -> keeper.hasNothingBy(kid, since));
  }

  /** What whoever runs the gateway should know; empty if all is well. */
  public Optional<String> notice() {
    String notices =
        keepers().flatMap(keeper -> keeper.notice().stream()).sorted().collect(joining(" "));
    return Optional.of(notices).filter(text -> !text.isEmpty());
  }

  private Stream<RoleKeeper> keepers() {
    return Stream.concat(
        accounts.values().stream().map(Kept::keeper),
        leaving.stream().map(Kept::keeper).filter(keeper -> !keeper.isThrough()));
  }

  @Override
  public Future<Answer<AtAccount>> prepare(Wanted wanted) {
    Authentication.Accepted caller = wanted.caller();
    String account = wanted.scope().account();
    Optional<String> refusal = refusal(wanted);
    if (refusal.isPresent()) {
      return answer(new Answer.Refused<>(refusal.get()));
    }
    Optional<UUID> objectId = objectIds.of(Identity.of(caller.principal()));
    if (objectId.isEmpty()) {
      return answer(
          new Answer.Refused<>(
              "nobody says which object in Entra ID you are, of the account's tenant. "
                  + ObjectIds.advice()));
    }
    return pace.inTurn(
        caller.principal().id(),
        account,
        () ->
            answer(
                Optional.ofNullable(accounts.get(account))
                    .map(kept -> assignment(kept.own(), objectId.get(), wanted))
                    .orElseGet(() -> new Answer.Refused<>(GoneAccount.refusal(account)))));
  }

  private static Answer<AtAccount> assignment(OwnRoles own, UUID objectId, Wanted wanted) {
    OwnRoles.Made made = own.make(objectId, wanted.actions(), wanted.scope());
    return new Answer.Given<>(
        new AtAccount.Assignments(objectId.toString(), List.of(made.assignment().id().toString())));
  }

  /** What no role can hold to, whoever asks. */
  private static Optional<String> refusal(Wanted wanted) {
    if (wanted.caller().principal().kind() == PrincipalKind.AGENT
        || wanted.caller().actsFor().isPresent()) {
      return Optional.of(
          "an agent may do what it and whom it acts for both may, which no role can say. Use the"
              + " lane proxy.");
    }
    if (wanted.partitionKey().isPresent() || wanted.item().isPresent()) {
      return Optional.of(
          "a role is for a container or more. Ask for all of the container, or use the lane token"
              + " or proxy.");
    }
    if (!Addressable.is(wanted.scope(), Optional.empty())) {
      return Optional.of(Addressable.REFUSAL);
    }
    Set<Action> others = EnumSet.copyOf(wanted.actions());
    others.removeAll(Action.dataActions());
    return others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Azure has no data action for "
                + others.stream().map(Action::shortName).collect(joining(", "))
                + ". Ask for a role without, or use the lane proxy.");
  }

  @Override
  public Future<Answer<Handed>> open(Lease lease) {
    String account = lease.scope().account();
    Kept kept = accounts.get(account);
    if (kept == null) {
      return answer(new Answer.Refused<>(GoneAccount.refusal(account)));
    }
    CompletableFuture<Answer<Handed>> opened =
        kept.keeper()
            .await(lease)
            .orTimeout(ASSIGNED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
            .<Answer<Handed>>thenApply(
                outcome ->
                    switch (outcome) {
                      case RoleKeeper.Outcome.Assigned assigned ->
                          new Answer.Given<>(
                              new Handed.Role(
                                  kept.account().endpoint().toString(), EFFECTIVE_WITHIN));
                      case RoleKeeper.Outcome.Refused(String why) -> new Answer.Refused<>(why);
                      case RoleKeeper.Outcome.Ended ended ->
                          new Answer.Unavailable<>(
                              "The lease was ended before its role was assigned: the policy, or"
                                  + " what the catalog says of you, has changed. Ask again.");
                    })
            .exceptionally(
                late ->
                    new Answer.Unavailable<>(
                        "The role wasn't assigned in account “"
                            + account
                            + "” in time: Azure Resource Manager doesn't answer the gateway as it"
                            + " should, and its log says how. Ask again later."));
    Context caller = Vertx.currentContext();
    return caller == null
        ? Future.fromCompletionStage(opened)
        : Future.fromCompletionStage(opened, caller);
  }

  @Override
  public Future<Answer<Handed>> openAgain(Lease lease) {
    return pace.inTurn(lease.principal(), lease.scope().account(), () -> open(lease));
  }

  @Override
  public void ended(Lease lease) {
    Optional.ofNullable(accounts.get(lease.scope().account()))
        .ifPresent(kept -> kept.keeper().wake());
    leaving.stream()
        .filter(kept -> kept.account().name().equals(lease.scope().account()))
        .forEach(kept -> kept.keeper().wake());
  }

  private static <T> Future<Answer<T>> answer(Answer<T> answer) {
    return Future.succeededFuture(answer);
  }

  /** Sees to it no more: what leases hold is as it is until the next start. */
  @Override
  public void close() {
    keepers().forEach(RoleKeeper::close);
  }
}
