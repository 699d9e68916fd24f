package dev.ephemeris.gateway.account;

import dev.ephemeris.config.Account;
import dev.ephemeris.config.AccountsWithin;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.ConfigurationException;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.AccountCustody;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.yaml.InvalidField;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts behind the gateway, which is told of each that comes, goes, or is another than
 * before: after the journal has it, and before anybody is let in to what came. What the file has of
 * accounts is in force as soon as it is good; a broken one changes nothing.
 *
 * <p>Thread-safe; what changes something blocks, and is done one after the other.
 */
public final class AccountsInForce implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AccountsInForce.class);

  private final Configuration started;
  private final Optional<ConfigurationFile> file;
  private final Custody custody;
  private final KeptAccounts kept;
  private final Grants grants;
  private final Leases leases;
  private final Parts parts;
  private final Journal journal;
  private final InstantSource clock;

  // Guarded by this:

  /** Those of the configuration. */
  private List<AccountInForce> configured = List.of();

  /** What the file said at the last look; nothing if it couldn't be read. */
  private @Nullable String lastSeen;

  /** What nothing more is to be done about. */
  private @Nullable String settled;

  /** The digest of what is on record as the configuration. */
  private Optional<String> configuration = Optional.empty();

  /** Of what those of now were worked out, once nothing was left to do. */
  private @Nullable Sources done;

  /** Whether those of now aren't in force everywhere yet, or something of before still is. */
  private boolean unfinished;

  /** Those of which each change is on record. */
  private List<AccountInForce> recorded = List.of();

  /** By name, those that are gone, or another now, and whose leases may not have ended yet. */
  private final Map<String, Gone> gone = new HashMap<>();

  /** What is held for those that aren't in force yet: it is made once, however often they fail. */
  private final Map<String, AccountInForce> prepared = new HashMap<>();

  private boolean closed;

  // For all to read:

  private volatile List<AccountInForce> now = List.of();
  private volatile Optional<String> refusal = Optional.empty();
  private volatile Optional<String> later = Optional.empty();
  private volatile List<String> leftOut = List.of();

  /** What is held for an account. */
  public interface Custody {

    /**
     * Asks nobody for anything yet.
     *
     * @throws SecretFileException if a key or a certificate can't be read
     */
    AccountCustody of(Account account) throws SecretFileException;
  }

  private record Sources(List<AccountInForce> configured, List<KeptAccount> kept) {}

  /**
   * An account that was.
   *
   * @param by who has taken it away
   */
  private record Gone(AccountInForce was, String by) {}

  /**
   * What there is to be.
   *
   * @param skipped what isn't among them, and why
   * @param waiting the names of those that may be at any time
   */
  private record Next(List<AccountInForce> accounts, List<String> skipped, Set<String> waiting) {}

  /**
   * None yet: {@link #start} has those of the configuration, and of the store.
   *
   * @param file where the configuration is from, if it is to be read again
   */
  public AccountsInForce(
      Configuration configuration,
      Optional<ConfigurationFile> file,
      Custody custody,
      KeptAccounts kept,
      Grants grants,
      Leases leases,
      Parts parts,
      Journal journal,
      InstantSource clock) {
    this.started = configuration;
    this.file = file;
    this.custody = custody;
    this.kept = kept;
    this.grants = grants;
    this.leases = leases;
    this.parts = parts;
    this.journal = journal;
    this.clock = clock;
  }

  /**
   * Puts the first ones in force. Once, before anybody is let in. Blocks.
   *
   * @param first what is held for those of the configuration
   * @throws JournalException if the configuration can't be put on record
   */
  public synchronized void start(Map<String, AccountCustody> first) throws JournalException {
    recordStart();
    configured =
        started.accounts().stream()
            .map(
                account ->
                    new AccountInForce(
                        account,
                        new Origin.Configured(),
                        Objects.requireNonNull(first.get(account.name()))))
            .toList();
    Sources sources = sources();
    Next next = next(sources);
    putInForce(next);
    tell(next);
    recorded = next.accounts();
    // Those that went while no gateway ran take their leases along too.
    endLeases(next);
    forgetEnded();
    settle(sources, next);
  }

  /** Those of now. */
  public List<AccountInForce> now() {
    return now;
  }

  /** The one of that name. */
  public Optional<AccountInForce> find(String name) {
    return now.stream().filter(account -> account.name().equals(name)).findFirst();
  }

  /** The configuration, with the accounts of now. */
  public Configuration configuration() {
    return started.withAccounts(now.stream().map(AccountInForce::settings).toList());
  }

  /** What whoever runs the gateway should know; none if all is well. */
  public List<String> notices() {
    return Stream.of(refusal.stream(), later.stream(), leftOut.stream())
        .flatMap(Function.identity())
        .toList();
  }

  /**
   * Looks at the file and at the store, and puts in force what has changed there. Blocks; what
   * can't be done now is done at a later look.
   */
  public synchronized void look() {
    if (closed) {
      return;
    }
    file.ifPresent(this::read);
    try {
      change(Optional.empty());
    } catch (JournalException | StoreException e) {
      LOG.atWarn()
          .addKeyValue("reason", e.getMessage())
          .log("accounts can't be changed now; it is tried again");
    }
  }

  /** Changes nothing any more: its parts are about to be closed. */
  @Override
  public synchronized void close() {
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the gateway is being stopped");
    }
  }

  /** Who wants an account to be otherwise, and which. */
  private record Command(String account, String by) {}

  // --- by command --------------------------------------------------------------------------------

  /**
   * Keeps it and puts it in force. Blocks.
   *
   * @param asSeen whether the accounts are what they decide on
   * @throws NotTakenException if it can't be behind the gateway; nothing is changed then
   */
  synchronized AddedAccounts.Answer add(KeptAccount account, String by, BooleanSupplier asSeen)
      throws NotTakenException, JournalException {
    requireOpen();
    look();
    if (!asSeen.getAsBoolean()) {
      return new AddedAccounts.Answer.NotAsSeen();
    }
    Optional<AccountInForce> was = find(account.name());
    AccountInForce unused =
        beside(
            now.stream()
                .filter(
                    other ->
                        !other.name().equals(account.name())
                            || other.origin() instanceof Origin.Configured)
                .toList(),
            account);
    Optional<KeptAccount> before = kept.find(account.name()).await();
    kept.keep(account).await();
    try {
      change(Optional.of(new Command(account.name(), by)));
    } catch (JournalException | RuntimeException e) {
      if (before.isPresent()) {
        kept.keep(before.get()).await();
      } else {
        kept.forget(account).await();
      }
      throw e;
    }
    return new AddedAccounts.Answer.Taken(find(account.name()).orElseThrow(), was.isEmpty());
  }

  /**
   * Takes away one that somebody has added. Blocks.
   *
   * @param asSeen whether it is what they decide on
   */
  synchronized AddedAccounts.Answer remove(String account, String by, BooleanSupplier asSeen)
      throws JournalException {
    requireOpen();
    look();
    Optional<KeptAccount> added =
        kept.find(account).await().filter(known -> known.origin() instanceof Origin.Added);
    if (added.isEmpty()) {
      return find(account)
          .<AddedAccounts.Answer>map(
              known ->
                  new AddedAccounts.Answer.Refused(
                      "Account “"
                          + account
                          + "” wasn't added by anybody. "
                          + (known.origin() instanceof Origin.Configured
                              ? "The configuration lists it: take it out there."
                              : "It is there since it has a tag in Azure: take that away.")))
          .orElseGet(AddedAccounts.Answer.Unknown::new);
    }
    if (!asSeen.getAsBoolean()) {
      return new AddedAccounts.Answer.NotAsSeen();
    }
    kept.forget(added.get()).await();
    try {
      change(Optional.of(new Command(account, by)));
    } catch (JournalException e) {
      kept.keep(added.get()).await();
      throw e;
    }
    return new AddedAccounts.Answer.Gone();
  }

  // --- the file ----------------------------------------------------------------------------------

  /** What the file says now may be newer than what was started with: then a look finds it. */
  private void recordStart() throws JournalException {
    if (file.isEmpty()) {
      return;
    }
    try {
      String text = file.get().text();
      if (file.get().parse(text).equals(started)) {
        record(text, List.of());
      }
    } catch (ConfigurationException | InvalidField e) {
      // As a look will find too, which tells.
    }
  }

  /**
   * @param others what of it takes effect at the next start
   */
  private void record(String text, List<String> others) throws JournalException {
    Optional<String> digest = Optional.of(Digest.ofText(text));
    if (!digest.equals(configuration)) {
      journal.append(
          new JournalRecord.ConfigurationChanged(
              clock.instant(), configuration, digest.get(), others));
      configuration = digest;
    }
  }

  private void read(ConfigurationFile from) {
    String text;
    try {
      text = from.text();
    } catch (ConfigurationException e) {
      lastSeen = null;
      settled = null;
      refuse(String.valueOf(e.getMessage()));
      return;
    }
    try {
      // A file that is being written may be good before it is whole, and then lacks accounts.
      boolean whole = text.equals(lastSeen);
      lastSeen = text;
      if (!whole || text.equals(settled)) {
        return;
      }
      settled = text;
      Configuration changed = from.parse(text);
      // By what else the gateway has: it may not be anybody in Azure yet.
      Configuration unused = started.withAccounts(changed.accounts());
      List<AccountInForce> accounts = held(changed.accounts());
      List<String> others = others(changed);
      record(text, others);
      configured = accounts;
      refusal = Optional.empty();
      later = later(others);
    } catch (SecretFileException | ConfigurationException | InvalidField | JournalException e) {
      // What it lacks may be there at any time: a key, for example, or room in the journal.
      settled = null;
      refuse(String.valueOf(e.getMessage()));
    } catch (RuntimeException | StackOverflowError e) {
      LOG.atError().setCause(e).log("the configuration can't be read");
      refuse("The gateway failed on it; its log says how.");
    }
  }

  /** With what is held for each already, if it is as it was. */
  private List<AccountInForce> held(List<Account> accounts) throws SecretFileException {
    List<AccountInForce> held = new ArrayList<>();
    for (Account account : accounts) {
      held.add(held(account, new Origin.Configured()));
    }
    return List.copyOf(held);
  }

  private AccountInForce held(Account account, Origin origin) throws SecretFileException {
    Optional<AccountInForce> before =
        Stream.concat(
                find(account.name()).stream(),
                Optional.ofNullable(prepared.get(account.name())).stream())
            .filter(known -> isHeldAlike(known.settings(), account))
            .findFirst();
    AccountInForce held =
        new AccountInForce(
            account, origin, before.isPresent() ? before.get().custody() : custody.of(account));
    prepared.put(account.name(), held);
    return held;
  }

  /** Whether nothing is otherwise of what the gateway holds for an account, and where that goes. */
  private static boolean isHeldAlike(Account one, Account other) {
    return one.endpoint().equals(other.endpoint())
        && one.identity().equals(other.identity())
        && one.keyFile().equals(other.keyFile())
        && one.keys().equals(other.keys())
        && one.resourceId().equals(other.resourceId())
        && one.caCertificate().equals(other.caCertificate());
  }

  private void refuse(String why) {
    String text =
        "The configuration has changed and is refused; the accounts of before stay in force. "
            + why;
    if (!refusal.equals(Optional.of(text))) {
      refusal = Optional.of(text);
      LOG.atError().log(text);
    }
  }

  /** What of the file isn't about accounts, and is otherwise than when the gateway started. */
  private List<String> others(Configuration changed) {
    List<String> others = new ArrayList<>();
    for (RecordComponent each : Configuration.class.getRecordComponents()) {
      if (!each.getName().equals("accounts")
          && !value(each, changed).equals(value(each, started))) {
        others.add(each.getName());
      }
    }
    return List.copyOf(others);
  }

  private Optional<String> later(List<String> others) {
    Optional<String> text =
        others.isEmpty()
            ? Optional.empty()
            : Optional.of(
                "The configuration has other changes than of accounts, which take effect at the"
                    + " next start: "
                    + String.join(", ", others)
                    + ".");
    if (!text.equals(later)) {
      text.ifPresent(LOG::warn);
    }
    return text;
  }

  private static Object value(RecordComponent component, Configuration configuration) {
    try {
      return component.getAccessor().invoke(configuration);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  // --- what is in force --------------------------------------------------------------------------

  private Sources sources() {
    Instant at = clock.instant();
    return new Sources(
        configured, kept.all().await().stream().filter(account -> !account.hasEnded(at)).toList());
  }

  /**
   * Puts in force what has changed, if something has.
   *
   * @param command who wants what, if it isn't what the file, Azure or the time says
   */
  private void change(Optional<Command> command) throws JournalException {
    Sources sources = sources();
    if (sources.equals(done)) {
      return;
    }
    Next next = next(sources);
    if (unfinished || !next.accounts().equals(now)) {
      // Whatever fails from here on, the next look begins with it again.
      unfinished = true;
      done = null;
      record(next.accounts(), command);
      recorded = next.accounts();
      findGone(next, command);
      putInForce(next);
      endLeases(next);
      forgetEnded();
      unfinished = false;
    }
    tell(next);
    settle(sources, next);
  }

  private void findGone(Next next, Optional<Command> command) {
    Map<String, AccountInForce> after = byName(next.accounts());
    for (AccountInForce was : now) {
      if (!next.waiting().contains(was.name())
          && isAnother(was, Optional.ofNullable(after.get(was.name())))) {
        gone.put(was.name(), new Gone(was, by(command, was.name())));
      }
    }
  }

  private static String by(Optional<Command> command, String account) {
    return command
        .filter(wanted -> wanted.account().equals(account))
        .map(Command::by)
        .orElse(JournalRecord.AccountChanged.BY_GATEWAY);
  }

  /** What isn't behind the gateway, and why. */
  private void tell(Next next) {
    if (!leftOut.equals(next.skipped())) {
      next.skipped().forEach(LOG::warn);
    }
    leftOut = next.skipped();
  }

  private void settle(Sources sources, Next next) {
    prepared.clear();
    done = next.waiting().isEmpty() ? sources : null;
  }

  /** Whether it is gone, or what is called so now is another account in Azure. */
  private static boolean isAnother(AccountInForce was, Optional<AccountInForce> is) {
    if (is.isEmpty()) {
      return true;
    }
    Optional<ResourceId> before = was.settings().resourceId();
    Optional<ResourceId> after = is.get().settings().resourceId();
    return (before.isPresent() && after.isPresent())
        ? !before.get().toString().equalsIgnoreCase(after.get().toString())
        : !was.settings().endpoint().equals(is.get().settings().endpoint());
  }

  private void forgetEnded() {
    Instant at = clock.instant();
    for (KeptAccount account : kept.all().await()) {
      if (account.hasEnded(at)) {
        kept.forget(account).await();
      }
    }
  }

  /** Those of the configuration, and of the others all that can be beside them. */
  private Next next(Sources sources) {
    List<AccountInForce> all = new ArrayList<>(sources.configured());
    List<String> skipped = new ArrayList<>();
    Set<String> waiting = new HashSet<>();
    for (KeptAccount account : sources.kept()) {
      try {
        all.add(beside(all, account));
      } catch (NotTakenException e) {
        skipped.add(e.getMessage());
        if (e.isPassing()) {
          waiting.add(account.name());
        }
      }
    }
    return new Next(List.copyOf(all), List.copyOf(skipped), Set.copyOf(waiting));
  }

  /** It, as one of these. */
  private AccountInForce beside(List<AccountInForce> others, KeptAccount account)
      throws NotTakenException {
    if (others.stream().anyMatch(other -> other.name().equals(account.name()))) {
      throw new NotTakenException(
          "Account “" + account.name() + "” is in the configuration, which counts.");
    }
    AccountsWithin within =
        within(account)
            .orElseThrow(
                () ->
                    new NotTakenException(
                        "Account “"
                            + account.name()
                            + "” has come, and isn't behind the gateway: no azure.accountsWithin"
                            + " of the configuration is for "
                            + account.id()
                            + " in environment “"
                            + account.environment()
                            + "”."));
    try {
      Account settings = within.account(account.id(), account.environment(), account.endpoint());
      Configuration unused =
          started.withAccounts(
              Stream.concat(others.stream().map(AccountInForce::settings), Stream.of(settings))
                  .toList());
      return held(settings, account.origin());
    } catch (InvalidField | SecretFileException e) {
      throw new NotTakenException(
          "Account “" + account.name() + "” can't be behind the gateway: " + e.getMessage() + ".",
          e instanceof SecretFileException);
    }
  }

  private Optional<AccountsWithin> within(KeptAccount account) {
    return started.azure().stream()
        .flatMap(azure -> azure.accountsWithin().stream())
        .filter(
            within ->
                within.admits(account.id(), account.environment())
                    && (account.origin() instanceof Origin.Added
                        ? within.longest().isPresent()
                        : within.tag().isPresent()))
        .findFirst();
  }

  private void record(List<AccountInForce> next, Optional<Command> command)
      throws JournalException {
    Map<String, AccountInForce> before = byName(recorded);
    Map<String, AccountInForce> after = byName(next);
    for (AccountInForce account : next) {
      AccountInForce was = before.get(account.name());
      if (was == null) {
        record(account, JournalRecord.AccountChanged.CAME, command);
      } else if (!was.settings().equals(account.settings())
          || !was.origin().equals(account.origin())) {
        record(account, JournalRecord.AccountChanged.CHANGED, command);
      }
    }
    for (AccountInForce account : recorded) {
      if (!after.containsKey(account.name())) {
        record(account, JournalRecord.AccountChanged.WENT, command);
      }
    }
  }

  private void record(AccountInForce account, String what, Optional<Command> command)
      throws JournalException {
    Account settings = account.settings();
    String by = by(command, account.name());
    journal.append(
        new JournalRecord.AccountChanged(
            clock.instant(),
            account.name(),
            what,
            account.origin().toString(),
            by,
            settings.environment(),
            settings.lanes().stream()
                .map(lane -> lane.name().toLowerCase(Locale.ROOT))
                .sorted()
                .toList(),
            settings.endpoint().toString(),
            settings.resourceId().map(ResourceId::toString),
            account.origin() instanceof Origin.Added added
                ? Optional.of(added.endsAt())
                : Optional.empty()));
    LOG.atInfo()
        .addKeyValue("account", account.name())
        .addKeyValue("environment", settings.environment())
        .addKeyValue("origin", account.origin())
        .addKeyValue("by", by)
        .log("an account " + what);
  }

  /**
   * First nobody is let in any more to what goes, nor by the rules of before to what is elsewhere;
   * last somebody to what comes.
   */
  private void putInForce(Next next) {
    Map<String, AccountInForce> after = byName(next.accounts());
    decide(
        now.stream()
            .filter(
                account ->
                    Optional.ofNullable(after.get(account.name()))
                        .filter(is -> isDecidedAlike(account, is))
                        .isPresent())
            .toList());
    parts.become(next.accounts());
    decide(next.accounts());
    now = next.accounts();
  }

  private static boolean isDecidedAlike(AccountInForce was, AccountInForce is) {
    return isHeldAlike(was.settings(), is.settings())
        || (was.settings().facts().equals(is.settings().facts())
            && was.settings().mode() == is.settings().mode());
  }

  private void decide(List<AccountInForce> accounts) {
    grants.replace(
        accounts.stream().map(account -> account.settings().facts()).toList(),
        accounts.stream()
            .filter(account -> account.settings().mode() == Account.Mode.REPORT)
            .map(AccountInForce::name)
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Of all accounts that aren't there, and in all lanes that the others don't permit. */
  private void endLeases(Next next) {
    for (Gone each : List.copyOf(gone.values())) {
      leases.endAll(each.was().name(), each.by()).await();
      if (!(each.was().origin() instanceof Origin.Configured)) {
        parts.forget(each.was().name());
      }
      gone.remove(each.was().name());
    }
    Map<String, Set<Lane>> there = new HashMap<>();
    next.accounts().forEach(account -> there.put(account.name(), account.settings().lanes()));
    next.waiting().forEach(name -> there.put(name, EnumSet.allOf(Lane.class)));
    leases.endAllBut(there, JournalRecord.LeaseRevoked.BY_GATEWAY).await();
  }

  private static Map<String, AccountInForce> byName(List<AccountInForce> accounts) {
    return accounts.stream()
        .collect(Collectors.toUnmodifiableMap(AccountInForce::name, Function.identity()));
  }
}
