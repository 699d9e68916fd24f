package dev.ephemeris.gateway.custody;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.custody.KeyProbe.NotTakenException;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns the keys of accounts over, all four of each, so that nothing that the gateway carries or
 * has handed out fails: while one key signs, the other is made anew; once every region takes that,
 * it signs, and when nothing that the first signed lets anybody in any more, the first is made
 * anew.
 *
 * <p>Where a rotation is, the store has before and after each step, so that whichever gateway comes
 * next goes on from there. Thread-safe; steps are done on virtual threads.
 */
public final class Rotations implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Rotations.class);

  /** From a step that couldn't be done to its next try. */
  private static final Duration BEFORE_NEXT_TRY = Duration.ofSeconds(30);

  /**
   * How long a resource token may go on after its end: the service's own sources let clocks be off
   * by so much (.NET SDK, {@code CheckTimeRangeIsCurrent}).
   */
  private static final Duration TOKENS_GRACE = Duration.ofMinutes(15);

  /** It isn't this gateway any more that sees to the account's keys, nor writes down how far. */
  private static final class LostLeadException extends RuntimeException {
    LostLeadException() {
      super("another gateway, or none, sees to the account's keys now");
    }
  }

  /** Who starts those that are due by the calendar. */
  public static final String SCHEDULE = "schedule";

  private final Vertx vertx;
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();
  private final Optional<AzureResources> azure;
  private final KeyProbe probe;
  private final KeyStates states;
  private final Journal journal;
  private final Tokens tokens;
  private final HeldCanaries canaries;
  private final Watch watch;
  private final Times times;
  private final InstantSource clock;
  private final long timer;

  /** A name that no other gateway has. */
  private final String holder = UUID.randomUUID().toString();

  /** Of which somebody is doing a step here. */
  private final Set<String> busy = ConcurrentHashMap.newKeySet();

  /**
   * An account whose keys are turned over.
   *
   * @param vault where its keys are kept too, for others to read
   * @param every how often; by command only if empty
   */
  public record Account(
      String name,
      ResourceId id,
      Optional<Path> caCertificate,
      HeldKeys keys,
      Optional<KeyVault> vault,
      Optional<Duration> every) {}

  /**
   * How long things take.
   *
   * @param betweenLooks from one look for what is due to the next
   * @param inFlight how long requests may be on their way that the key of before has signed, and
   *     more
   * @param lead for how long a gateway takes on to see to an account; another waits as long if it
   *     goes away
   */
  public record Times(Duration betweenLooks, Duration inFlight, Duration lead) {

    public static final Times USUAL =
        new Times(Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ofSeconds(30));
  }

  /** What the keys of accounts have signed that lets somebody in without us. */
  public interface Tokens {

    /** Until when any of it may, of what there is now; empty if there is none. */
    Future<Optional<Instant>> workUntil(String account);

    /**
     * Ends the leases that it was given for, so that nobody is given more by them. On record.
     *
     * @param by a principal
     */
    Future<Void> endLeases(String account, String by);
  }

  /**
   * Is told of each step, before it is done, and when it was done and the store doesn't know yet.
   */
  public interface Watch {

    /** Of those who don't watch. */
    Watch NOBODY =
        new Watch() {
          @Override
          public void begins(String account, RotationStep step) {}

          @Override
          public void isDone(String account, RotationStep step) {}
        };

    void begins(String account, RotationStep step);

    void isDone(String account, RotationStep step);
  }

  /** What came of the wish to start one. */
  public sealed interface Start {
    record Started(KeyState state) implements Start {}

    /** One is under way already. */
    record UnderWay(KeyState state) implements Start {}

    /** The gateway doesn't turn this account's keys over. */
    record NotOurs() implements Start {}
  }

  /**
   * @param azure needed if there are to be accounts
   */
  public Rotations(
      Vertx vertx,
      Optional<AzureResources> azure,
      Database database,
      RowSeal seal,
      Journal journal,
      Tokens tokens,
      Canaries canaries,
      Watch watch,
      Times times,
      InstantSource clock) {
    this.vertx = vertx;
    this.azure = azure;
    this.probe = new KeyProbe(vertx, clock);
    this.states = new KeyStates(database, seal);
    this.journal = journal;
    this.tokens = tokens;
    this.canaries = new HeldCanaries(canaries, clock);
    this.watch = watch;
    this.times = times;
    this.clock = clock;
    this.timer = vertx.setPeriodic(times.betweenLooks().toMillis(), tick -> lookAround());
  }

  /**
   * Sees to the keys of these accounts, and of no others; each signs with the key that was in use
   * last, as the store has it, and what is under way goes on. What is under way of one that isn't
   * among them stops where it is. Blocks; before anything is signed; for one caller at a time.
   */
  public void become(List<Account> next) {
    Map<String, Account> wanted = new HashMap<>();
    for (Account account : next) {
      wanted.put(account.name(), account);
      if (!isOurs(account)) {
        account.keys().startWith(states.of(account.name()).await().inUse());
      }
    }
    accounts.keySet().retainAll(wanted.keySet());
    accounts.putAll(wanted);
  }

  /**
   * Knows nothing any more of the keys of an account that is gone for good, or is another that is
   * called so. Blocks.
   */
  public void forget(String account) {
    states.forget(account).await();
  }

  /** Whether it is one of those of now, as it is now. */
  private boolean isOurs(Account account) {
    return account.equals(accounts.get(account.name()));
  }

  /** The account, if its keys are turned over. */
  public Optional<Account> find(String account) {
    return Optional.ofNullable(accounts.get(account));
  }

  /** What it keeps in the store. */
  public SealedRows rows() {
    return states.rows();
  }

  /** Where an account's keys are; empty if the gateway doesn't turn them over. */
  public Future<Optional<KeyState>> of(String account) {
    return accounts.containsKey(account)
        ? states.of(account).map(Optional::of)
        : Future.succeededFuture(Optional.empty());
  }

  /**
   * Starts a rotation, unless one is under way; what is due of that is done at once.
   *
   * @param by a principal, or {@link #SCHEDULE}
   */
  public Future<Start> start(String account, String by) {
    return accounts.containsKey(account)
        ? states.of(account).compose(state -> start(state, by))
        : Future.succeededFuture(new Start.NotOurs());
  }

  /**
   * Makes all keys anew at once, as one may have leaked: whatever they have signed. Takes the place
   * of a rotation that is under way. From here on, until it is over, no resource tokens are handed
   * out, and the leases that there are for such end.
   *
   * @param by a principal
   */
  public Future<Start> panic(String account, String by) {
    return accounts.containsKey(account)
        ? states.of(account).compose(state -> panic(state, by))
        : Future.succeededFuture(new Start.NotOurs());
  }

  private Future<Start> panic(KeyState state, String by) {
    if (state.isPanicking()) {
      go(state.account());
      return Future.succeededFuture(new Start.UnderWay(state));
    }
    String account = state.account();
    Instant now = now();
    return tokens
        .workUntil(account)
        .compose(
            until -> {
              KeyState started = state.panicking(now, by, until.map(Database::kept));
              try {
                journal.append(
                    new JournalRecord.AccountPanicked(
                        now,
                        account,
                        by,
                        state.rotation().map(run -> run.step().toString()),
                        until));
                record(started, JournalRecord.RotationProgress.STARTED, Optional.empty());
              } catch (JournalException e) {
                return Future.failedFuture(e);
              }
              return states
                  .change(state, started)
                  .compose(
                      changed -> {
                        if (!changed) {
                          return panic(account, by);
                        }
                        // None is handed out any more: those that there are now are all.
                        return tokens
                            .endLeases(account, by)
                            .eventually(() -> gone(account))
                            .map(new Start.Started(started));
                      });
            });
  }

  private Future<Void> gone(String account) {
    go(account);
    return Future.succeededFuture();
  }

  private Future<Start> start(KeyState state, String by) {
    if (state.rotation().isPresent()) {
      go(state.account());
      return Future.succeededFuture(new Start.UnderWay(state));
    }
    Instant now = now();
    return quietAt(state, now)
        .compose(
            quiet -> {
              KeyState started =
                  state.with(
                      new KeyState.Rotation(
                          RotationStep.first(),
                          // What the other key signed, before the last change over, isn't cut off.
                          quiet,
                          now,
                          by,
                          Optional.empty()));
              try {
                record(started, JournalRecord.RotationProgress.STARTED, Optional.empty());
              } catch (JournalException e) {
                return Future.failedFuture(e);
              }
              return states
                  .change(state, started)
                  .compose(
                      changed -> {
                        if (!changed) {
                          return start(state.account(), by);
                        }
                        go(state.account());
                        return Future.succeededFuture(new Start.Started(started));
                      });
            });
  }

  /** When nothing lets anybody in any more that the key which isn't in use has signed. */
  private Future<Instant> quietAt(KeyState state, Instant now) {
    if (state.inUseSince().isEmpty()) {
      // In use since ever: the other one has signed nothing.
      return Future.succeededFuture(now);
    }
    Instant handled = handedOver(state);
    return tokens
        .workUntil(state.account())
        .map(
            until ->
                until
                    .map(end -> end.plus(TOKENS_GRACE))
                    .filter(end -> end.isAfter(handled))
                    .orElse(handled))
        .map(quiet -> Database.kept(quiet.isAfter(now) ? quiet : now));
  }

  /**
   * Signs with what the store says, wherever that was changed; starts what is due by the calendar,
   * and goes on with what is under way.
   */
  void lookAround() {
    accounts.keySet().forEach(this::go);
  }

  /**
   * Whoever looks where a rotation is, sees why it doesn't go on. When it is due isn't this
   * gateway's to say, nor what one says that has the keys.
   */
  private void note(KeyState state, KeyState.Rotation run, String why) {
    if (run.failure().equals(Optional.of(why))
        || states.isLedByAnother(state.account(), holder, now()).await()) {
      return;
    }
    boolean unused =
        states
            .change(
                state,
                state.with(
                    new KeyState.Rotation(
                        run.step(),
                        run.dueAt(),
                        run.startedAt(),
                        run.startedBy(),
                        Optional.of(why))))
            .await();
  }

  /** The first one is for people to start, who know who else has a key. */
  private boolean isDue(Account account, KeyState state) {
    return account.every().isPresent()
        && state
            .rotatedAt()
            .filter(last -> !last.plus(account.every().get()).isAfter(clock.instant()))
            .isPresent();
  }

  private void go(String account) {
    if (busy.add(account)) {
      Thread.ofVirtual()
          .name("rotation-" + account)
          .start(
              () -> {
                try {
                  Account now = accounts.get(account);
                  if (now != null) {
                    look(now);
                  }
                } catch (Exception | LinkageError e) {
                  LOG.atWarn()
                      .addKeyValue("account", account)
                      .addKeyValue("reason", why(e))
                      .log("the account's keys can't be seen to now");
                } finally {
                  busy.remove(account);
                }
              });
    }
  }

  private void look(Account account) throws Exception {
    KeyState state = states.of(account.name()).await();
    if (!state.isPanicking()) {
      canaries.letGo(account.name());
    }
    try {
      adopt(account, state);
    } catch (Exception e) {
      if (state.rotation().isPresent()) {
        note(state, state.rotation().get(), why(e));
      }
      throw e;
    }
    if (state.rotation().isPresent()) {
      goOn(account);
    } else if (isDue(account, state)) {
      Start unused = start(state, SCHEDULE).await();
    }
  }

  /**
   * The key signs here that the store says. Nothing is made anew before that is so: it might be
   * what signs.
   */
  private static void adopt(Account account, KeyState state) throws Exception {
    if (!account.keys().signsWith(state.inUse())) {
      account.keys().use(state.inUse());
    }
  }

  /**
   * Step after step, as long as one is due and nobody else does it. One that is postponed or has
   * failed isn't due any more.
   */
  private void goOn(Account account) throws Exception {
    while (leads(account)) {
      KeyState state = states.of(account.name()).await();
      adopt(account, state);
      if (state.rotation().isEmpty() || state.rotation().get().dueAt().isAfter(now())) {
        return;
      }
      KeyState.Rotation run = state.rotation().get();
      KeyState after = postponed(state, run).orElseGet(() -> attempted(account, state, run));
      if (!isOurs(account) || !states.change(state, after).await()) {
        return;
      }
    }
  }

  /** Whether it is this gateway that sees to its keys, for a while. */
  private boolean leads(Account account) {
    return isOurs(account) && states.lead(account.name(), holder, now(), times.lead()).await();
  }

  /** Where it is once its step was tried. */
  private KeyState attempted(Account account, KeyState state, KeyState.Rotation run) {
    return switch (done(account, state, run.step())) {
      case Attempt.Done(KeyState after) -> next(after, run);
      case Attempt.Failed(String why) -> failed(state, run, why);
    };
  }

  /** What came of a step. */
  private sealed interface Attempt {

    /**
     * @param after the state, with what the step has found out
     */
    record Done(KeyState after) implements Attempt {}

    record Failed(String why) implements Attempt {}
  }

  /**
   * The key of before is made anew when the last of its tokens has ended. Which that is, is asked
   * once no gateway makes any with it any more.
   */
  private Optional<KeyState> postponed(KeyState state, KeyState.Rotation run) {
    if (run.step() != RotationStep.REGENERATE_USED
        || state.isPanicking()
        || run.dueAt().isAfter(handedOver(state))) {
      return Optional.empty();
    }
    Instant quiet = quietAt(state, now()).await();
    return quiet.isAfter(now())
        ? Optional.of(
            state.with(
                new KeyState.Rotation(
                    run.step(), quiet, run.startedAt(), run.startedBy(), run.failure())))
        : Optional.empty();
  }

  /** When nobody signs with the key of before any more. */
  private Instant handedOver(KeyState state) {
    return state.inUseSince().map(since -> since.plus(times.inFlight())).orElse(Instant.EPOCH);
  }

  /** Does a step. */
  private Attempt done(Account account, KeyState state, RotationStep step) {
    watch.begins(account.name(), step);
    Attempt attempt;
    // Nobody else is to begin it while it is done, however long Azure or the account takes.
    long leading =
        vertx.setPeriodic(
            Math.max(1, times.lead().dividedBy(3).toMillis()),
            tick -> states.lead(account.name(), holder, now(), times.lead()));
    try {
      record(state, JournalRecord.RotationProgress.BEGUN, Optional.empty());
      attempt = new Attempt.Done(perform(account, state, step));
    } catch (LostLeadException e) {
      throw e;
    } catch (Exception | LinkageError e) {
      attempt = new Attempt.Failed(why(e));
    } finally {
      vertx.cancelTimer(leading);
    }
    watch.isDone(account.name(), step);
    try {
      switch (attempt) {
        case Attempt.Done done ->
            record(state, JournalRecord.RotationProgress.DONE, Optional.empty());
        case Attempt.Failed(String why) ->
            record(state, JournalRecord.RotationProgress.FAILED, Optional.of(why));
      }
    } catch (JournalException e) {
      return new Attempt.Failed(why(e));
    }
    return attempt;
  }

  /** Does a step; the state, with what it has found out. */
  private KeyState perform(Account account, KeyState state, RotationStep step) throws Exception {
    if (state.isPanicking()) {
      panicked(account, state, step);
    }
    switch (step) {
      case REGENERATE_UNUSED, REGENERATE_USED ->
          azure().regenerate(account.id(), state.inUse().other(), keeping(account));
      case VERIFY_UNUSED, VERIFY_USED -> verify(account, state.inUse().other());
      case PUBLISH_UNUSED, PUBLISH_USED -> {
        if (account.vault().isPresent()) {
          account.vault().get().publish(azure().secrets(account.id()), state.inUse().other());
        }
      }
      case SWITCH -> verify(account, state.inUse().other());
      case ASK_CANARY -> {
        return asked(account.name(), state);
      }
      case REGENERATE_PRIMARY_READONLY ->
          azure().regenerate(account.id(), KeyName.PRIMARY_READONLY, keeping(account));
      case REGENERATE_SECONDARY_READONLY ->
          azure().regenerate(account.id(), KeyName.SECONDARY_READONLY, keeping(account));
    }
    return state;
  }

  /** What a panic does before a step, while the key of before still signs. */
  private void panicked(Account account, KeyState state, RotationStep step) {
    KeyState.Panic panic = state.panic().orElseThrow();
    if (step == RotationStep.first()) {
      // Whoever began it may have stopped before that was done.
      tokens.endLeases(account.name(), panic.startedBy()).await();
    }
    if (step.compareTo(RotationStep.SWITCH) <= 0) {
      canaries.hold(account.name(), panic.startedAt());
    }
  }

  /** With what has become of the canary, on record. */
  private KeyState asked(String account, KeyState state) throws Exception {
    KeyState.Panic panic = state.panic().orElseThrow();
    KeyState.Sighting seen = canaries.ask(account, panic.startedAt());
    journal.append(
        new JournalRecord.CanaryAsked(
            clock.instant(),
            account,
            panic.startedBy(),
            seen.fate().toString(),
            panic.tokensWorkUntil(),
            seen.reason()));
    return state.with(seen);
  }

  private AzureResources azure() {
    return azure.orElseThrow();
  }

  /** What Azure does may take hours; whoever isn't the one to see to it any more stops. */
  private Runnable keeping(Account account) {
    return () -> {
      if (!leads(account)) {
        throw new LostLeadException();
      }
    };
  }

  private void verify(Account account, KeyName name) throws Exception {
    MasterKey key = KeyPair.of(azure().secrets(account.id())).key(name);
    List<URI> regions = azure().regions(account.id());
    if (regions.isEmpty()) {
      throw new NotTakenException("Azure names no region of the account");
    }
    probe.verify(regions, account.caCertificate(), key);
  }

  private KeyState failed(KeyState state, KeyState.Rotation run, String why) {
    LOG.atWarn()
        .addKeyValue("account", state.account())
        .log("step " + run.step() + " of a rotation is tried again: " + why);
    return state.with(
        new KeyState.Rotation(
            run.step(),
            now().plus(BEFORE_NEXT_TRY),
            run.startedAt(),
            run.startedBy(),
            Optional.of(why)));
  }

  private KeyState next(KeyState state, KeyState.Rotation run) {
    Instant now = now();
    Optional<RotationStep> step = run.step().next(state.isPanicking());
    if (step.isEmpty()) {
      return state.complete(now);
    }
    KeyState after = run.step() == RotationStep.SWITCH ? state.switched(now) : state;
    return after.with(
        new KeyState.Rotation(
            step.get(),
            step.get() == RotationStep.REGENERATE_USED && !after.isPanicking()
                ? handedOver(after)
                : now,
            run.startedAt(),
            run.startedBy(),
            Optional.empty()));
  }

  private void record(KeyState state, String outcome, Optional<String> reason)
      throws JournalException {
    KeyState.Rotation run = state.rotation().orElseThrow();
    journal.append(
        new JournalRecord.RotationProgress(
            clock.instant(),
            state.account(),
            run.step().toString(),
            outcome,
            state.inUse().toString(),
            run.startedBy(),
            reason));
  }

  static String why(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.lines().findFirst().orElseThrow();
  }

  /** As the store has it. */
  private Instant now() {
    return Database.kept(clock.instant());
  }

  /** Begins no step any more; one that is under way isn't waited for, and is begun again. */
  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
