package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.RootKeyHome.Kept;
import dev.ephemeris.gateway.lease.RootKeyHome.Listed;
import dev.ephemeris.gateway.lease.RootKeyStates.Row;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.gateway.store.StoreException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of root keys: which one derives, which ones verify, and which let nobody in any more.
 * What becomes of each is in the store, at which every gateway looks all the time; the keys
 * themselves are in memory only.
 *
 * <p>Thread-safe.
 */
public final class RootKeys implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RootKeys.class);

  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(5);

  private final Vertx vertx;
  private final RootKeyHome home;
  private final RootKeyStates states;
  private final RootKeyCustody custody;
  private final LeaseSecrets secrets;
  private final Journal journal;
  private final Times times;
  private final InstantSource clock;

  /** One look or change at a time, in this process. */
  private final ReentrantLock turn = new ReentrantLock();

  /** Guarded by {@link #turn}: what was seen as revoked stays so, whatever the store says later. */
  private final Set<RootKey> revoked = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Guarded by {@link #turn}. */
  private Instant sweptAt = Instant.MIN;

  private volatile boolean closed;
  private volatile Optional<String> trouble = Optional.empty();
  private volatile Optional<String> stillReadable = Optional.empty();

  // Set once by start, before anybody asks:

  private List<SealedRows> sealed = List.of();
  private @Nullable Leases leases;
  private Roles roles = (kid, since) -> false;
  private @Nullable Long timer;

  /**
   * How long things take.
   *
   * @param betweenLooks from one look at the store to the next
   * @param lead how long after it was made a key derives: by then every gateway has read it
   * @param betweenSweeps how often it is seen whether a revoked one can be disabled in the vault
   */
  public record Times(Duration betweenLooks, Duration lead, Duration betweenSweeps) {

    public static final Times USUAL =
        new Times(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  /** What root keys have given ids to, beside leases. */
  public interface Roles {

    /** Whether all of it was seen since, and nothing had its id by this root key. */
    boolean haveNothingBy(char kid, Instant since);
  }

  /** What a root key is good for. */
  public enum Standing {
    /** It will derive, and verifies what others derive by it already. */
    COMING,
    /** What is made now is made by it. */
    DERIVES,
    /** What was made by it is good. */
    VERIFIES,
    /** Nothing is. */
    REVOKED
  }

  /**
   * A root key, as people see it.
   *
   * @param derivesAt since when, or from when on; empty if that was before the gateway knew of it
   * @param leases how many that are good now
   * @param lastLeaseEndsAt when nothing lets anybody in any more that was handed over for them
   */
  public record Seen(
      char kid,
      boolean inVault,
      Standing standing,
      Optional<Instant> derivesAt,
      Optional<Instant> revokedAt,
      int leases,
      Optional<Instant> lastLeaseEndsAt) {}

  /** What came of the wish for another root key. */
  public sealed interface Rotation {

    /** There is one, and it derives from then on. */
    record Added(char kid, Instant derivesAt) implements Rotation {}

    /** There is one already that doesn't derive yet. */
    record UnderWay(char kid, Instant derivesAt) implements Rotation {}

    /** They are listed in the configuration: it is for whoever writes that. */
    record ByHand() implements Rotation {}

    /** It can't be made now. */
    record NotMade(String why) implements Rotation {}
  }

  /** What came of the wish to revoke one. */
  public sealed interface Revocation {

    /**
     * It is revoked.
     *
     * @param leases how many have ended with it
     * @param isListed whether the configuration may still name it
     */
    record Revoked(int leases, boolean isListed) implements Revocation {}

    /** It derives, or is about to: another one has to first. */
    record Derives() implements Revocation {}

    /** The gateway has none of that name. */
    record NotFound() implements Revocation {}
  }

  private RootKeys(
      Vertx vertx,
      Database database,
      RootKeyHome home,
      Journal journal,
      Times times,
      InstantSource clock)
      throws RootKeyException, VaultException {
    this.vertx = vertx;
    this.home = home;
    this.states = new RootKeyStates(database);
    this.custody =
        switch (home) {
          case Listed listed -> new ListedRootKeys(states, listed, journal, clock);
          case Kept kept -> new KeptRootKeys(states, kept, journal, clock);
        };
    this.journal = journal;
    this.times = times;
    this.clock = clock;
    RootKeyRing ring = custody.open();
    revoked.addAll(ring.revoked());
    this.secrets = new LeaseSecrets(ring, clock);
  }

  /**
   * Takes up root keys as store and home have them; makes the first where the gateway keeps them.
   * Blocks.
   *
   * @throws RootKeyException if one that is needed can't be had, or can't be trusted
   * @throws StoreException if the store doesn't answer
   */
  public static RootKeys open(
      Vertx vertx,
      Database database,
      RootKeyHome home,
      Journal journal,
      Times times,
      InstantSource clock)
      throws RootKeyException {
    try {
      return new RootKeys(vertx, database, home, journal, times, clock);
    } catch (VaultException e) {
      throw new RootKeyException("A root key can't be had. " + e.getMessage());
    }
  }

  /** What they prove; it follows what becomes of them. */
  public LeaseSecrets secrets() {
    return secrets;
  }

  /**
   * Seals anew what older ones have sealed, and looks from now on at what becomes of them. Once.
   * Blocks.
   *
   * @param sealed what outlives a root key
   * @param leases what ends with one
   */
  public void start(List<SealedRows> sealed, Leases leases, Roles roles) {
    this.sealed = List.copyOf(sealed);
    this.leases = leases;
    this.roles = roles;
    boolean unused =
        states.transaction(
            handle -> {
              sealAgain(handle);
              return true;
            });
    timer = vertx.setPeriodic(times.betweenLooks().toMillis(), tick -> lookSoon());
  }

  private void sealAgain(Handle handle) {
    sealed.forEach(rows -> rows.sealAgain(handle));
  }

  // --- looking -----------------------------------------------------------------------------------

  /** Unless somebody is looking already. */
  private void lookSoon() {
    Thread.ofVirtual()
        .name("root keys")
        .start(
            () -> {
              if (turn.tryLock()) {
                try {
                  if (!closed) {
                    lookOnce();
                  }
                } finally {
                  turn.unlock();
                }
              }
            });
  }

  /** Looks now; never fails. */
  void look() {
    turn.lock();
    try {
      lookOnce();
    } finally {
      turn.unlock();
    }
  }

  private void lookOnce() {
    try {
      List<Row> rows = states.rows();
      look(rows);
      sweep(rows);
    } catch (Exception | LinkageError e) {
      troubled("The root keys can't be seen to now: " + e.getMessage());
    }
  }

  private void look(List<Row> rows) {
    // What says that it is revoked is so at once, however long the vault takes for the rest.
    RootKeyRing before = secrets.held().revoking(revokedAt(rows));
    hold(before);
    RootKeyRing now;
    try {
      now = custody.look(rows);
      trouble = Optional.empty();
    } catch (RootKeyException | VaultException e) {
      troubled(e.getMessage() + " What this gateway knew of root keys before counts here.");
      now = before;
    }
    Optional<RootKey> again = now.good().stream().filter(revoked::contains).findFirst();
    if (again.isPresent()) {
      troubled(
          "Root key “"
              + again.get().kid()
              + "” was revoked, and the store doesn't say so any more. Here it stays so. Who can"
              + " write to the store?");
      now = before;
    }
    hold(now);
  }

  private void hold(RootKeyRing now) {
    secrets.hold(now);
    for (RootKey key : now.revoked()) {
      if (revoked.add(key) && leases != null) {
        // Whoever it was: what is known here of its leases isn't so any more.
        leases.forget(key.kid());
      }
    }
  }

  private static Map<Character, Instant> revokedAt(List<Row> rows) {
    Map<Character, Instant> revokedAt = new HashMap<>();
    rows.forEach(row -> row.state().revokedAt().ifPresent(at -> revokedAt.put(row.kid(), at)));
    return revokedAt;
  }

  private void troubled(String what) {
    if (!trouble.equals(Optional.of(what))) {
      LOG.atError().log(what);
    }
    trouble = Optional.of(what);
  }

  /** Has the vault give out no more what is revoked, once nothing has to be known again by it. */
  private void sweep(List<Row> rows) {
    Instant now = Database.kept(clock.instant());
    if (!(custody instanceof KeptRootKeys kept)
        || now.isBefore(later(sweptAt, times.betweenSweeps()))) {
      return;
    }
    sweptAt = now;
    List<String> failed = new ArrayList<>();
    for (Row row : rows) {
      if (row.isRevoked()
          && row.state().disabledAt().isEmpty()
          && roles.haveNothingBy(row.kid(), row.state().revokedAt().orElseThrow())) {
        try {
          disable(kept, row.state());
          RootKey sealing = custody.sealing(secrets.held());
          boolean unused =
              states.transaction(
                  handle -> {
                    RootKeyStates.keep(handle, row.state().disabled(now), sealing);
                    return true;
                  });
        } catch (VaultException e) {
          failed.add(
              "Root key “"
                  + row.kid()
                  + "” is revoked, and its secret can still be read. "
                  + e.getMessage());
        }
      }
    }
    stillReadable = Optional.of(String.join(" ", failed)).filter(text -> !text.isEmpty());
  }

  /** One that isn't there any more is as good as disabled. */
  private static void disable(KeptRootKeys kept, RootKeyState state) throws VaultException {
    try {
      kept.disable(state);
    } catch (VaultException e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
  }

  private static Instant later(Instant at, Duration by) {
    return at.equals(Instant.MIN) ? at : at.plus(by);
  }

  /** What whoever runs the gateway should know; empty if all is well. */
  public Optional<String> notice() {
    return Optional.of(
            Stream.concat(trouble.stream(), stillReadable.stream())
                .collect(Collectors.joining(" ")))
        .filter(text -> !text.isEmpty());
  }

  // --- what people do ----------------------------------------------------------------------------

  /** All there are, the newest first. */
  public Future<List<Seen>> list() {
    return onThread(
        () -> {
          List<Row> rows = states.rows();
          look(rows);
          Map<Character, LeaseStore.Hanging> hanging = leases().hanging().await();
          RootKeyRing ring = secrets.held();
          Instant now = clock.instant();
          return states(rows).stream()
              .sorted(Comparator.comparing((RootKeyState state) -> rank(ring, state)))
              .map(state -> seen(state, ring, now, hanging))
              .toList();
        });
  }

  /** Of those that the configuration lists, or all that the store has where the gateway does. */
  private List<RootKeyState> states(List<Row> rows) {
    return switch (home) {
      case Kept kept -> rows.stream().map(Row::state).toList();
      case Listed listed ->
          listed.keys().stream()
              .map(
                  key ->
                      rows.stream()
                          .map(Row::state)
                          .filter(state -> state.kid() == key.kid())
                          .findFirst()
                          .orElseGet(() -> RootKeyState.unknown(key.kid())))
              .toList();
    };
  }

  /** In their order; the revoked ones last, of which some have no place in it any more. */
  private static int rank(RootKeyRing ring, RootKeyState state) {
    List<RootKey> good = ring.good();
    for (int i = 0; i < good.size(); i++) {
      if (good.get(i).kid() == state.kid()) {
        return i;
      }
    }
    return Integer.MAX_VALUE;
  }

  private Seen seen(
      RootKeyState state,
      RootKeyRing ring,
      Instant now,
      Map<Character, LeaseStore.Hanging> hanging) {
    Optional<LeaseStore.Hanging> leases = Optional.ofNullable(hanging.get(state.kid()));
    return new Seen(
        state.kid(),
        isInVault(state.kid()),
        standing(state, ring, now),
        state.derivesAt(),
        state.revokedAt(),
        leases.map(LeaseStore.Hanging::leases).orElse(0),
        leases.map(LeaseStore.Hanging::latestEnd));
  }

  private boolean isInVault(char kid) {
    return switch (home) {
      case Kept kept -> true;
      case Listed listed ->
          listed.newestFirst().stream()
              .anyMatch(named -> named.key().kid() == kid && named.inVault());
    };
  }

  private static Standing standing(RootKeyState state, RootKeyRing ring, Instant now) {
    if (state.revokedAt().isPresent()) {
      return Standing.REVOKED;
    }
    if (ring.newest(now).filter(newest -> newest.kid() == state.kid()).isPresent()) {
      return Standing.DERIVES;
    }
    return ring.next().filter(next -> next.key().kid() == state.kid()).isPresent()
        ? Standing.COMING
        : Standing.VERIFIES;
  }

  /**
   * Makes another root key, from which leases' secrets are derived once every gateway has had time
   * to read it.
   *
   * @param by a principal
   */
  public Future<Rotation> rotate(String by) {
    return custody instanceof KeptRootKeys kept
        ? onThread(() -> rotate(kept, by))
        : Future.succeededFuture(new Rotation.ByHand());
  }

  private Rotation rotate(KeptRootKeys kept, String by) throws Exception {
    List<Row> rows = states.rows();
    look(rows);
    if (trouble.isPresent()) {
      return new Rotation.NotMade(trouble.get());
    }
    Instant now = Database.kept(clock.instant());
    Optional<RootKeyState> coming =
        rows.stream()
            .filter(row -> !row.isRevoked())
            .map(Row::state)
            .filter(state -> state.since().isAfter(now))
            .findFirst();
    if (coming.isPresent()) {
      return new Rotation.UnderWay(coming.get().kid(), coming.get().since());
    }
    Optional<Character> kid = free(rows);
    if (kid.isEmpty()) {
      return new Rotation.NotMade(
          "Each kid is some root key's. Revoke those that nothing hangs on any more, and ask again"
              + " a minute later.");
    }
    RootKeyState made;
    try {
      String version = kept.make(kid.get());
      // From now: the vault may have taken its time, and the others are to have theirs.
      made =
          RootKeyState.made(
              kid.get(), Optional.of(version), Database.kept(clock.instant()).plus(times.lead()));
    } catch (VaultException e) {
      return new Rotation.NotMade(String.valueOf(e.getMessage()));
    }
    boolean keptSo = false;
    try {
      keptSo = keep(kept, rows, made, by, now);
    } finally {
      if (!keptSo) {
        kept.disable(made);
      }
    }
    look(states.rows());
    return keptSo
        ? new Rotation.Added(made.kid(), made.since())
        // Another gateway was quicker.
        : rotate(kept, by);
  }

  /** Unless the store says something else by now. */
  private boolean keep(
      KeptRootKeys kept, List<Row> rows, RootKeyState made, String by, Instant now) {
    RootKey sealing = kept.made(made);
    return states.transaction(
        handle -> {
          if (!RootKeyStates.isStill(handle, rows)) {
            return false;
          }
          journal.append(KeptRootKeys.added(made, by, now));
          rows.forEach(row -> RootKeyStates.keep(handle, row.state(), sealing));
          RootKeyStates.keep(handle, made, sealing);
          return true;
        });
  }

  /** One that none has, or else the one that nobody has had for longest. */
  private static Optional<Character> free(List<Row> rows) {
    return KeptRootKeys.free(rows.stream().map(Row::kid).collect(Collectors.toUnmodifiableSet()))
        .or(
            () ->
                rows.stream()
                    .filter(row -> row.state().disabledAt().isPresent())
                    .min(Comparator.comparing(row -> row.state().disabledAt().orElseThrow()))
                    .map(Row::kid));
  }

  /**
   * Revokes a root key: its leases end, here now and at every other gateway with its next look, and
   * nothing that it has sealed counts any more, but for what the store still needs: that is sealed
   * anew. It stays revoked, whatever the configuration says.
   *
   * @param by a principal
   */
  public Future<Revocation> revoke(char kid, String by) {
    return onThread(() -> revokeNow(kid, by));
  }

  private Revocation revokeNow(char kid, String by) throws Exception {
    List<Row> rows = states.rows();
    look(rows);
    if (trouble.isPresent()) {
      throw new StoreException(trouble.get());
    }
    Optional<RootKeyState> found =
        states(rows).stream().filter(state -> state.kid() == kid).findFirst();
    if (found.isEmpty()) {
      return new Revocation.NotFound();
    }
    boolean isListed = home instanceof Listed;
    if (found.get().revokedAt().isPresent()) {
      return new Revocation.Revoked(0, isListed);
    }
    Instant now = Database.kept(clock.instant());
    RootKeyRing ring = secrets.held();
    if (standing(found.get(), ring, now) != Standing.VERIFIES) {
      return new Revocation.Derives();
    }
    RootKey sealing = custody.sealing(ring);
    RootKeyState gone = found.get().revoked(now);
    Optional<List<Lease>> ended =
        states.transaction(
            handle -> {
              if (!RootKeyStates.isStill(handle, rows)) {
                return Optional.empty();
              }
              journal.append(new JournalRecord.RootKeyRevoked(now, String.valueOf(kid), by));
              sealAgain(handle);
              List<Lease> leasesOfIt = leases().end(handle, kid, now, by);
              rows.stream()
                  .filter(row -> row.isRevoked() || row.isSealedBy(ring.good()))
                  .forEach(row -> RootKeyStates.keep(handle, row.state(), sealing));
              RootKeyStates.keep(handle, gone, sealing);
              return Optional.of(leasesOfIt);
            });
    if (ended.isEmpty()) {
      return revokeNow(kid, by);
    }
    look(states.rows());
    leases().ended(ended.get());
    leases().forget(kid);
    sweptAt = Instant.MIN;
    return new Revocation.Revoked(ended.get().size(), isListed);
  }

  private Leases leases() {
    return Objects.requireNonNull(leases, "start was called");
  }

  private <T> Future<T> onThread(Callable<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread unused =
        Thread.ofVirtual()
            .name("root keys")
            .start(
                () -> {
                  turn.lock();
                  try {
                    done.complete(work.call());
                  } catch (Exception | Error e) {
                    done.completeExceptionally(e);
                  } finally {
                    turn.unlock();
                  }
                });
    Context caller = Vertx.currentContext();
    return caller == null
        ? Future.fromCompletionStage(done)
        : Future.fromCompletionStage(done, caller);
  }

  /** Looks no more, and waits a while for who looks now. */
  @Override
  public void close() {
    closed = true;
    if (timer != null) {
      boolean unused = vertx.cancelTimer(timer);
    }
    try {
      if (turn.tryLock(CLOSED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        turn.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
