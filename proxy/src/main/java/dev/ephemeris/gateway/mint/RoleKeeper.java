package dev.ephemeris.gateway.mint;

import static java.util.stream.Collectors.toCollection;

import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.gateway.custody.AccountRoles.Listed;
import dev.ephemeris.gateway.custody.AccountRoles.RolesException;
import dev.ephemeris.gateway.identity.ObjectIds;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.AtAccount;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.azure.Guid;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the gateway's own roles in one account as its leases are, on a thread of its own: again and
 * again it looks at what leases hold and what the account has, and does what leads from the one to
 * the other. So it doesn't matter who has changed what meanwhile, nor what a gateway was about to
 * do when it ended.
 *
 * <p>Thread-safe.
 */
final class RoleKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RoleKeeper.class);

  /** What nobody tells of is seen so late: ends, changes of policy and groups, others' hands. */
  static final Duration BETWEEN_LOOKS = Duration.ofSeconds(30);

  /** While an account is being put in force, which takes no longer than that. */
  static final Duration UNTIL_IN_FORCE = Duration.ofMillis(100);

  /** For what the store and the journal are asked. */
  private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(30);

  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);

  /** In percent of what the service takes. */
  private static final int NEARLY_FULL = 80;

  private final String account;
  private final AccountRoles roles;
  private final OwnRoles own;
  private final HeldRoles leases;
  private final ObjectIds objectIds;
  private final Journal journal;
  private final InstantSource clock;
  private final Semaphore wakeUps = new Semaphore(0);
  private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();

  // Of the one thread that looks:

  /** What is on record as about to be done and failed since: it is tried again without another. */
  private final Set<String> recorded = new HashSet<>();

  /** What was tried in this look. */
  private final Set<String> tried = new HashSet<>();

  /** What was taken away and isn't on record yet. */
  private final Deque<JournalRecord> unrecorded = new ArrayDeque<>();

  /** By the ids of assignments, who held them when it last looked. */
  private Map<UUID, Holders> holders = new HashMap<>();

  private int failures;

  // Written by that thread, for all to read:

  private volatile Optional<Instant> troubledSince = Optional.empty();
  private volatile Optional<String> nearlyFull = Optional.empty();
  private volatile Seen seen = new Seen(Instant.MIN, Set.of());

  /** Whether the account had nothing of the gateway's own when it was last looked at. */
  private volatile boolean empty;

  private volatile boolean through;

  private volatile boolean leaving;
  private volatile boolean closed;
  private @Nullable Thread thread;

  RoleKeeper(
      String account,
      AccountRoles roles,
      OwnRoles own,
      HeldRoles leases,
      ObjectIds objectIds,
      Journal journal,
      InstantSource clock) {
    this.account = account;
    this.roles = roles;
    this.own = own;
    this.leases = leases;
    this.objectIds = objectIds;
    this.journal = journal;
    this.clock = clock;
  }

  /** What became of a lease's role. */
  sealed interface Outcome {

    /** It is assigned. */
    record Assigned() implements Outcome {}

    /** It won't be. */
    record Refused(String why) implements Outcome {}

    /** The lease isn't good any more. */
    record Ended() implements Outcome {}
  }

  private record Waiting(UUID assignmentId, String leaseId, CompletableFuture<Outcome> outcome) {}

  /** Whose leases hold an assignment, and what for: that is the same in all of them. */
  private record Holders(List<String> leaseIds, String principal, Set<Action> actions) {

    static final Holders NOBODY = new Holders(List.of(), "", Set.of());

    Holders and(Holders others) {
      return new Holders(
          Stream.concat(leaseIds.stream(), others.leaseIds().stream()).toList(),
          principal,
          actions);
    }
  }

  /**
   * What came of one look.
   *
   * @param assigned what is assigned by now
   * @param refused what Azure won't do, and why
   * @param failed what couldn't be done
   */
  private record Look(Set<UUID> assigned, Map<UUID, String> refused, List<String> failed) {}

  /**
   * What an account had of the gateway's own when it was looked at.
   *
   * @param at before it was asked
   * @param kids by which root keys it had its ids
   */
  private record Seen(Instant at, Set<Character> kids) {}

  /** Whether the account was seen since, and nothing was there that had its id by this root key. */
  boolean hasNothingBy(char kid, Instant since) {
    Seen last = seen;
    return last.at().isAfter(since) && !last.kids().contains(kid);
  }

  /** Begins to look, and goes on. */
  void start() {
    thread = Thread.ofVirtual().name("roles of " + account).start(this::goOn);
  }

  /**
   * Goes on until nothing of the gateway's own is in the account any more, and no longer. Leases
   * don't matter: if there are any again, they are of another account that is called so.
   */
  void leave() {
    leaving = true;
    wake();
  }

  /**
   * Goes on as before, if it has not left yet.
   *
   * @return whether it does
   */
  synchronized boolean stay() {
    leaving = false;
    wake();
    return !through;
  }

  private synchronized boolean hasLeft(boolean looked) {
    through = leaving && looked && empty && unrecorded.isEmpty();
    return through;
  }

  /** Whether it has left: it looks no more. */
  boolean isThrough() {
    return through;
  }

  /** Looks at once, or again once it is through. */
  void wake() {
    wakeUps.release();
  }

  /**
   * What becomes of the role of a kept lease, once that is known: as long as Azure doesn't answer,
   * it is not.
   */
  CompletableFuture<Outcome> await(Lease lease) {
    CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    Waiting waits = new Waiting(assignmentId(lease), lease.id().value(), outcome);
    waiting.add(waits);
    CompletableFuture<?> unused = outcome.whenComplete((known, failure) -> waiting.remove(waits));
    wake();
    return outcome;
  }

  /** What whoever runs the gateway should know of this account; empty if all is well. */
  Optional<String> notice() {
    return troubledSince
        .map(
            since ->
                "Roles in account “"
                    + account
                    + "” can't be seen to since "
                    + since
                    + ": nobody gets one, and those whose leases have ended may still have theirs."
                    + " The log says why.")
        .or(() -> nearlyFull);
  }

  private void goOn() {
    while (!closed) {
      wakeUps.drainPermits();
      boolean last = leaving;
      Duration pause = lookOnce();
      if (hasLeft(last)) {
        return;
      }
      try {
        boolean unused = wakeUps.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Looks, does what is to be done, and says how long nothing is, as far as is known. */
  Duration lookOnce() {
    List<Waiting> asked = List.copyOf(waiting);
    empty = false;
    try {
      Optional<List<Lease>> held = held();
      if (held.isEmpty()) {
        return UNTIL_IN_FORCE;
      }
      List<String> failed = new ArrayList<>();
      Instant next = look(held.get(), asked, failed);
      if (failed.isEmpty()) {
        failures = 0;
        troubledSince = Optional.empty();
        if (leaving) {
          return Duration.ofSeconds(1);
        }
        Duration untilNext = Duration.between(clock.instant(), next);
        return untilNext.isNegative() ? Duration.ZERO : shorter(untilNext, BETWEEN_LOOKS);
      }
      return failed(String.join("; ", failed));
    } catch (RolesException e) {
      // Where there is no such account any more, there is nothing in it.
      empty = e.absent();
      return failed(String.valueOf(e.getMessage()));
    } catch (JournalException | TimeoutException e) {
      return failed(String.valueOf(e.getMessage()));
    } catch (ExecutionException e) {
      return failed(e.getCause() == null ? e.toString() : e.getCause().toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Duration.ZERO;
    } catch (RuntimeException | Error e) {
      // Whatever it is: without this thread no role would be taken away any more.
      return failed(e.toString());
    }
  }

  private Duration failed(String what) {
    if (closed) {
      return Duration.ZERO;
    }
    failures++;
    Instant now = clock.instant();
    troubledSince = troubledSince.or(() -> Optional.of(now));
    LOG.atWarn().addKeyValue("account", account).log("roles aren't as leases are: " + what);
    return shorter(Duration.ofSeconds(1L << Math.min(failures - 1, 5)), BETWEEN_LOOKS);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /**
   * One look.
   *
   * @param leases those that are good
   * @param asked who waited before it began
   * @param failed what couldn't be done is added here
   * @return when the next lease ends
   */
  private Instant look(List<Lease> leases, List<Waiting> asked, List<String> failed)
      throws JournalException, InterruptedException, ExecutionException, TimeoutException {
    owed(failed);
    List<Lease> upheld = new ArrayList<>();
    for (Lease lease : leases) {
      if (isStillThem(lease)) {
        upheld.add(lease);
      } else {
        withdraw(lease, failed);
      }
    }
    Map<UUID, OwnRoles.Made> held = new LinkedHashMap<>();
    Map<UUID, Holders> before = holders;
    holders = new HashMap<>();
    for (Lease lease : upheld) {
      made(lease)
          .ifPresent(
              made -> {
                UUID id = made.assignment().id();
                held.put(id, made);
                hold(id, lease);
              });
    }
    Instant asking = clock.instant();
    Listed actual = roles.list();
    seen = new Seen(asking, own.kids(actual.assignments(), actual.definitions()));
    empty = seen.kids().isEmpty();
    RolePlan plan = RolePlan.of(own, held.values(), actual);
    Look look = new Look(new HashSet<>(plan.there()), new HashMap<>(plan.refused()), failed);
    tried.clear();
    // Each step by itself: what can't be done keeps nothing else from being done.
    unassign(plan, before, look);
    assign(plan, define(plan, look), look);
    undefine(plan, look);
    // What isn't to be done any more is to be recorded anew if it is to be again.
    recorded.retainAll(tried);
    nearlyFull = nearlyFull(actual);
    Set<String> good = new HashSet<>();
    upheld.forEach(lease -> good.add(lease.id().value()));
    for (Waiting each : asked) {
      if (!good.contains(each.leaseId())) {
        each.outcome().complete(new Outcome.Ended());
      } else if (look.assigned().contains(each.assignmentId())) {
        each.outcome().complete(new Outcome.Assigned());
      } else {
        Optional.ofNullable(look.refused().get(each.assignmentId()))
            .ifPresent(why -> each.outcome().complete(new Outcome.Refused(why)));
      }
    }
    return upheld.stream()
        .map(Lease::expiresAt)
        .min(Instant::compareTo)
        .orElse(Instant.MAX.minus(Duration.ofDays(1)));
  }

  private Optional<List<Lease>> held()
      throws InterruptedException, ExecutionException, TimeoutException {
    return leaving ? Optional.of(List.of()) : answered(leases.upheld(account));
  }

  /** Its role goes in any case; what keeps the lease from ending keeps nothing else. */
  private void withdraw(Lease lease, List<String> failed)
      throws InterruptedException, TimeoutException {
    try {
      answered(leases.withdraw(lease));
    } catch (ExecutionException e) {
      failed.add("lease " + lease.id() + " wasn't ended: " + e.getCause());
    }
  }

  /** What was taken away while the journal took nothing goes on record as soon as it does. */
  private void owed(List<String> failed) {
    while (!unrecorded.isEmpty()) {
      try {
        journal.append(unrecorded.getFirst());
        unrecorded.removeFirst();
      } catch (JournalException e) {
        failed.add(unrecorded.size() + " records are owed: " + e.getMessage());
        return;
      }
    }
  }

  private static UUID assignmentId(Lease lease) {
    return Guid.parse(at(lease).assignmentIds().getFirst()).orElseThrow();
  }

  /** Empty if no root key of this gateway's made it. */
  private Optional<OwnRoles.Made> made(Lease lease) {
    AtAccount.Assignments at = at(lease);
    return Guid.parse(at.objectId())
        .flatMap(
            objectId ->
                own.make(at.assignmentIds().getFirst(), objectId, lease.actions(), lease.scope()));
  }

  private static AtAccount.Assignments at(Lease lease) {
    if (lease.atAccount().orElseThrow() instanceof AtAccount.Assignments at) {
      return at;
    }
    throw new IllegalArgumentException("a lease of another lane");
  }

  private void hold(UUID assignmentId, Lease lease) {
    holders.merge(
        assignmentId,
        new Holders(List.of(lease.id().value()), lease.principal().toString(), lease.actions()),
        Holders::and);
  }

  /** Whether whom the lease was given to is still the same in Entra ID. */
  private boolean isStillThem(Lease lease) {
    return objectIds.of(lease.holder()).equals(Guid.parse(at(lease).objectId()));
  }

  /**
   * What no lease holds by now either, though it be younger than the look: another gateway may have
   * given one.
   */
  private List<RoleAssignment> unheldNow(RolePlan plan)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (plan.unassign().isEmpty()) {
      return List.of();
    }
    Optional<List<Lease>> now = held();
    if (now.isEmpty()) {
      return List.of();
    }
    Set<UUID> held = new HashSet<>();
    now.get().stream()
        .filter(this::isStillThem)
        .forEach(lease -> made(lease).ifPresent(made -> held.add(made.assignment().id())));
    return plan.unassign().stream().filter(each -> !held.contains(each.id())).toList();
  }

  private void unassign(RolePlan plan, Map<UUID, Holders> before, Look look)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (RoleAssignment each : unheldNow(plan)) {
      Optional<Holders> had = Optional.ofNullable(before.get(each.id()));
      stepBack(
          "unassign " + each.id(),
          new JournalRecord.RoleUnassigned(
              clock.instant(),
              had.map(Holders::leaseIds).orElseGet(List::of),
              had.map(Holders::principal),
              each.principal().toString(),
              account,
              each.scope().toString(),
              each.roleDefinition().toString(),
              each.id().toString()),
          () -> roles.unassign(each),
          look);
    }
  }

  /** Defines what isn't yet; what couldn't be is told, with why if Azure refuses it. */
  private Map<UUID, Optional<String>> define(RolePlan plan, Look look) throws JournalException {
    Map<UUID, Optional<String>> undefined = new HashMap<>();
    for (RoleDefinition each : plan.define()) {
      step(
              "define " + each.id(),
              new JournalRecord.RoleDefined(
                  clock.instant(), account, each.id().toString(), names(each)),
              () -> roles.define(each))
          .ifPresent(failure -> undefined.put(each.id(), refusal(failure, look)));
    }
    return undefined;
  }

  private void assign(RolePlan plan, Map<UUID, Optional<String>> undefined, Look look)
      throws JournalException {
    for (OwnRoles.Made made : plan.assign()) {
      RoleAssignment each = made.assignment();
      if (undefined.containsKey(each.roleDefinition())) {
        undefined
            .getOrDefault(each.roleDefinition(), Optional.empty())
            .ifPresent(why -> look.refused().put(each.id(), why));
        continue;
      }
      Holders now = holders.getOrDefault(each.id(), Holders.NOBODY);
      step(
              "assign " + each.id() + " for " + now.leaseIds(),
              new JournalRecord.RoleAssigned(
                  clock.instant(),
                  now.leaseIds(),
                  now.principal(),
                  each.principal().toString(),
                  account,
                  each.scope().toString(),
                  each.roleDefinition().toString(),
                  shortNames(now.actions()),
                  each.id().toString()),
              () -> roles.assign(each))
          .ifPresentOrElse(
              failure ->
                  refusal(failure, look).ifPresent(why -> look.refused().put(each.id(), why)),
              () -> look.assigned().add(each.id()));
    }
  }

  private void undefine(RolePlan plan, Look look) {
    for (RoleDefinition each : plan.undefine()) {
      stepBack(
          "undefine " + each.id(),
          new JournalRecord.RoleUndefined(clock.instant(), account, each.id().toString()),
          () -> roles.undefine(each),
          look);
    }
  }

  /** On record first, and then done; tried again for the same, it is on record already. */
  private Optional<RolesException> step(String what, JournalRecord record, Runnable done)
      throws JournalException {
    if (!recorded.contains(what)) {
      journal.append(record);
      recorded.add(what);
    }
    return tried(what, done);
  }

  /**
   * The same of what takes away: that isn't kept from being done by a journal that takes nothing,
   * and is on record once it does.
   */
  private void stepBack(String what, JournalRecord record, Runnable done, Look look) {
    if (recorded.add(what)) {
      try {
        journal.append(record);
      } catch (JournalException e) {
        unrecorded.addLast(record);
      }
    }
    tried(what, done).ifPresent(failure -> look.failed().add(said(failure)));
  }

  private Optional<RolesException> tried(String what, Runnable done) {
    tried.add(what);
    try {
      done.run();
      recorded.remove(what);
      return Optional.empty();
    } catch (RolesException e) {
      return Optional.of(e);
    }
  }

  /** Why Azure refuses it, for whoever waits; anything else is a failure. */
  private Optional<String> refusal(RolesException failure, Look look) {
    if (failure.refused()) {
      LOG.atWarn().addKeyValue("account", account).log(said(failure));
      return Optional.of(said(failure));
    }
    look.failed().add(said(failure));
    return Optional.empty();
  }

  private static String said(RolesException failure) {
    return String.valueOf(failure.getMessage());
  }

  private Optional<String> nearlyFull(Listed actual) {
    int assignments = actual.assignments().size() + actual.unreadAssignments();
    long definitions = RolePlan.customDefinitions(actual);
    boolean many =
        assignments * 100 >= NEARLY_FULL * RolePlan.MOST_ASSIGNMENTS
            || definitions * 100 >= NEARLY_FULL * RolePlan.MOST_DEFINITIONS;
    return many
        ? Optional.of(
            "Account “"
                + account
                + "” has "
                + assignments
                + " role assignments of "
                + RolePlan.MOST_ASSIGNMENTS
                + ", and "
                + definitions
                + " definitions of "
                + RolePlan.MOST_DEFINITIONS
                + ", that Azure lets it have; beyond that nobody gets a role.")
        : Optional.empty();
  }

  private static List<String> names(RoleDefinition definition) {
    return shortNames(
        Action.dataActions().stream()
            .filter(action -> definition.dataActions().contains(action.azureName()))
            .collect(toCollection(() -> EnumSet.noneOf(Action.class))));
  }

  private static List<String> shortNames(Set<Action> actions) {
    return actions.stream().sorted().map(Action::shortName).toList();
  }

  private static <T> T answered(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(ANSWERED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Looks no more. What was made stays until its lease ends, and is seen to at the next start. */
  @Override
  public void close() {
    closed = true;
    wake();
    Thread running = thread;
    if (running != null) {
      running.interrupt();
      try {
        boolean unused = running.join(CLOSED_WITHIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
