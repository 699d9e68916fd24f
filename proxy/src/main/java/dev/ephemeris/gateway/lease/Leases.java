package dev.ephemeris.gateway.lease;

import static java.util.stream.Collectors.joining;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.metrics.LeaseMetrics;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.LeaseTerms;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import dev.ephemeris.policy.Ttl;
import dev.ephemeris.policy.yaml.Suggestion;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The life of leases. Issuing and ending are in the journal before they take effect; ending is
 * effective on the next {@link #authenticate}.
 *
 * <p>Thread-safe.
 */
public final class Leases {

  /** What a lease of one's own token gives isn't one of the policy's roles. */
  private static final RoleName IMPLICIT = new RoleName("implicit");

  /** What report mode gives whom the rules refuse: shortly, unless more is asked for. */
  private static final LeaseTerms.Granted REPORTED =
      new LeaseTerms.Granted(
          new Ttl(Duration.ofMinutes(15), Ttl.UNLESS_SAID.max()),
          new TreeSet<>(Set.of(Grants.REPORT_MODE)),
          Set.of());

  /** What one's own token is good for in report mode: nobody has narrowed it. */
  private static final Grant.ImplicitTerms ANYTHING =
      new Grant.ImplicitTerms(EnumSet.allOf(Action.class), REPORTED);

  private static final int MOST_REMEMBERED = 100_000;

  /** Whoever asks for metrics doesn't wait long. */
  private static final Duration COUNTED_WITHIN = Duration.ofSeconds(2);

  private final LeaseStore store;
  private final LeaseSecrets secrets;
  private final Grants grants;
  private final Journal journal;
  private final LeaseMetrics metrics;
  private final InstantSource clock;

  /** In microseconds, as the store has them. */
  private final AtomicLong expiriesCountedUntil;

  /** Every lease that was looked up; an unknown one is looked up once, singly. */
  private final AsyncCache<LeaseId, Optional<Lease>> known =
      Caffeine.newBuilder()
          .maximumSize(MOST_REMEMBERED)
          .expireAfterWrite(Duration.ofMinutes(10))
          .buildAsync();

  /** Whose token has which lease: {@link Credential.Active}, whatever has become of it. */
  private final AsyncCache<OwnToken, Credential> ownTokens =
      Caffeine.newBuilder()
          .maximumSize(MOST_REMEMBERED)
          .expireAfterWrite(Duration.ofMinutes(10))
          .buildAsync();

  /** Endings that the store hasn't taken yet. They hold here until it has. */
  private final Map<LeaseId, Ending> endings = new ConcurrentHashMap<>();

  /** A lease as it is once ended, and who ended it: theirs is the block that it leaves. */
  private record Ending(Lease lease, PrincipalId by) {}

  /** The leases in this database. */
  public static Leases of(
      Database database,
      LeaseSecrets secrets,
      Grants grants,
      Journal journal,
      LeaseMetrics metrics,
      InstantSource clock) {
    return new Leases(new LeaseStore(database, secrets), secrets, grants, journal, metrics, clock);
  }

  Leases(
      LeaseStore store,
      LeaseSecrets secrets,
      Grants grants,
      Journal journal,
      LeaseMetrics metrics,
      InstantSource clock) {
    this.store = store;
    this.secrets = secrets;
    this.grants = grants;
    this.journal = journal;
    this.metrics = metrics;
    this.clock = clock;
    this.expiriesCountedUntil = new AtomicLong(Database.micros(clock.instant()));
  }

  /** What seals continuations for those who hold a lease. */
  public LeaseSecrets secrets() {
    return secrets;
  }

  /**
   * Gives a lease if the policy does. The future fails if store or journal can't keep it.
   *
   * @param from the address by which it is asked for
   */
  public Future<Issuance> issue(Authentication.Accepted caller, String from, LeaseRequest request) {
    Principal principal = caller.principal();
    Session session = caller.session();
    // Role and rules of one policy, whatever it is replaced by meanwhile.
    Grants.Edition edition = grants.now();
    Optional<Role> role = edition.policy().role(request.role());
    if (role.isEmpty()) {
      return Future.succeededFuture(
          new Issuance.Malformed(
              "unknown role "
                  + Suggestion.expected(request.role().value(), edition.policy().roleNames())));
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    LeaseTerms terms =
        edition
            .of(principal.id(), principal.kind(), principal.claims())
            .leaseTerms(
                role.get().actions(),
                request.scope(),
                request.lane(),
                request.form(),
                new Asked(now, from, standing(caller, request), request.partitionKey()));
    return switch (terms) {
      case LeaseTerms.Refused refused when passes(request, refused) ->
          give(caller, request, role.get(), REPORTED, refused.reasons(), now);
      case LeaseTerms.Refused refused -> refuse(principal, session, request, role.get(), refused);
      case LeaseTerms.Granted granted -> {
        Optional<Issuance> unkept = unkept(principal, request, role.get(), granted);
        yield unkept.isPresent()
            ? Future.succeededFuture(unkept.get())
            : give(caller, request, role.get(), granted, Map.of(), now);
      }
    };
  }

  /** Where nobody looks at each request, nothing could be reported of what is done with a lease. */
  private boolean passes(LeaseRequest request, LeaseTerms.Refused refused) {
    return request.lane().decidesEachRequest()
        && refused.reasons().values().stream()
            .allMatch(deny -> grants.passes(request.scope().account(), deny.reason()));
  }

  /**
   * @param reported what the policy has against it, and goes on record
   */
  private Future<Issuance> give(
      Authentication.Accepted caller,
      LeaseRequest request,
      Role role,
      LeaseTerms.Granted granted,
      Map<Action, Decision.Deny> reported,
      Instant now) {
    Duration ttl = request.ttl().orElse(granted.ttl().standard());
    if (ttl.compareTo(granted.ttl().max()) > 0) {
      return Future.succeededFuture(
          new Issuance.Malformed(
              "Rule “"
                  + rule(granted)
                  + "” gives at most "
                  + words(granted.ttl().max())
                  + ", and "
                  + words(ttl)
                  + " were asked for."));
    }
    return keep(lease(caller, request, role, granted, ttl, now), reported);
  }

  /** The circumstances of asking for a lease. */
  private record Asked(
      Instant at, String address, Standing standing, Optional<PartitionKey> partitionKey)
      implements Circumstances {

    @Override
    public Optional<InetAddress> from() {
      return Circumstances.address(address);
    }

    @Override
    public boolean isWithinKey(List<String> key) {
      return Lease.isWithin(partitionKey, key);
    }
  }

  /** What of the rules' obligations stands in the way of what is asked for. */
  private Optional<Issuance> unkept(
      Principal principal, LeaseRequest request, Role role, LeaseTerms.Granted granted) {
    if (!granted.deliver().contains(request.deliver())) {
      return Optional.of(
          new Issuance.Malformed(
              "Rule “"
                  + rule(granted)
                  + "” has credentials handed over as "
                  + (granted.deliver().isEmpty()
                      ? "nothing that all of its sisters allow"
                      : granted.deliver().stream().map(Delivery::toString).collect(joining(", ")))
                  + ", and "
                  + request.deliver()
                  + " was asked for."));
    }
    return granted.obligations().stream().allMatch(Enforceable::here)
        ? Optional.empty()
        : Optional.of(
            new Issuance.Refused(
                Reason.LANE_CANNOT_ENFORCE,
                Optional.of(rule(granted)),
                "Rule “"
                    + rule(granted)
                    + "” gives "
                    + grants.describe(principal.id())
                    + " role “"
                    + role.name()
                    + "” on "
                    + request.scope()
                    + " under obligations that this version of the gateway can't see to."));
  }

  private static Standing standing(Authentication.Accepted caller, LeaseRequest request) {
    return new Standing(
        Optional.of(caller.client()), caller.mfaUntil(), request.reason(), request.ticket());
  }

  private Lease lease(
      Authentication.Accepted caller,
      LeaseRequest request,
      Role role,
      LeaseTerms.Granted granted,
      Duration ttl,
      Instant now) {
    Principal principal = caller.principal();
    Instant hardEnd = earlier(now.plus(granted.ttl().max()), caller.session().endsAt());
    return new Lease(
        secrets.newId(),
        caller.session().id(),
        principal.id(),
        principal.kind(),
        principal.claims(),
        standing(caller, request),
        request.form(),
        request.scope(),
        request.partitionKey(),
        role.name(),
        role.actions(),
        request.lane(),
        rule(granted),
        now,
        earlier(now.plus(ttl), hardEnd),
        hardEnd,
        0,
        Optional.empty());
  }

  private Future<Issuance> keep(Lease lease, Map<Action, Decision.Deny> reported) {
    try {
      report(lease, reported);
      record(lease);
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    return store
        .insert(lease)
        .map(
            kept -> {
              remember(lease);
              metrics.issued(lease.lane());
              return lease.form() == CredentialForm.LEASE_KEY
                  ? new Issuance.IssuedKey(lease, secrets.leaseKey(lease.id()))
                  : new Issuance.Issued(lease, secrets.token(lease.id()));
            });
  }

  /** Each refusal once, with the actions that it is of. */
  private void report(Lease lease, Map<Action, Decision.Deny> reported) throws JournalException {
    Map<Decision.Deny, Set<Action>> refusals = new LinkedHashMap<>();
    new TreeMap<>(reported)
        .forEach(
            (action, deny) ->
                refusals.computeIfAbsent(deny, first -> EnumSet.noneOf(Action.class)).add(action));
    for (Map.Entry<Decision.Deny, Set<Action>> refusal : refusals.entrySet()) {
      report(lease, shortNames(refusal.getValue()), refusal.getKey());
    }
  }

  private void report(Lease lease, List<String> actions, Decision.Deny refusal)
      throws JournalException {
    journal.append(
        new JournalRecord.Decision(
            lease.issuedAt(),
            Optional.of(lease.id().value()),
            lease.sessionId(),
            lease.principal().toString(),
            actions,
            lease.scope().toString(),
            JournalRecord.Decision.REPORT,
            refusal.reason().code(),
            refusal.by().map(RuleName::value),
            Optional.empty()));
  }

  private void record(Lease lease) throws JournalException {
    journal.append(
        new JournalRecord.LeaseIssued(
            lease.issuedAt(),
            lease.id().value(),
            lease.sessionId(),
            lease.principal().toString(),
            lease.scope().toString(),
            lease.partitionKey().map(PartitionKey::header),
            lease.role().value(),
            shortNames(lease.actions()),
            lease.lane().name().toLowerCase(Locale.ROOT),
            spelt(lease.form()),
            lease.rule().value(),
            lease.standing().reason(),
            lease.standing().ticket(),
            lease.expiresAt()));
  }

  private Future<Issuance> refuse(
      Principal principal,
      Session session,
      LeaseRequest request,
      Role role,
      LeaseTerms.Refused refused) {
    // The first that stands in the way, in the order of the actions.
    Action action = EnumSet.copyOf(refused.reasons().keySet()).iterator().next();
    Decision.Deny deny = Objects.requireNonNull(refused.reasons().get(action));
    try {
      journal.append(
          new JournalRecord.Decision(
              clock.instant(),
              Optional.empty(),
              session.id(),
              principal.id().toString(),
              shortNames(role.actions()),
              request.scope().toString(),
              JournalRecord.Decision.DENY,
              deny.reason().code(),
              deny.by().map(RuleName::value),
              Optional.empty()));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    return Future.succeededFuture(
        new Issuance.Refused(
            deny.reason(),
            deny.by(),
            "The policy doesn't give "
                + grants.describe(principal.id())
                + " role “"
                + role.name()
                + "” on "
                + request.scope()
                + ": "
                + why(action, deny)
                + " Ask “ephemeris explain "
                + action.shortName()
                + " "
                + request.scope()
                + "” for the rules that came near."));
  }

  private static String why(Action action, Decision.Deny deny) {
    return switch (deny.reason()) {
      case NO_RULE -> "no rule allows " + action.shortName() + " there.";
      case DENIED_BY_RULE ->
          "rule “"
              + deny.by().map(RuleName::value).orElse("")
              + "” denies "
              + action.shortName()
              + ".";
      case LANE_NOT_PERMITTED -> "neither account nor rule permit this lane there.";
      case LANE_CANNOT_ENFORCE ->
          "a rule has limits, other obligations, conditions or a partition key for "
              + action.shortName()
              + ", or denies it on a part of it, which only the proxy lane can hold to.";
    };
  }

  /** A lease names one rule; of several that together allow its actions, the first by name. */
  private static RuleName rule(LeaseTerms.Granted granted) {
    return granted.by().stream().min(Comparator.naturalOrder()).orElseThrow();
  }

  /** What a lease token is worth now, from its {@code sig} part. Forged ones cost no look-up. */
  public Future<Credential> authenticate(String signature) {
    Optional<LeaseId> id = secrets.verify(signature);
    return id.isEmpty()
        ? Future.succeededFuture(new Credential.Unknown(Optional.empty()))
        : credential(id.get(), CredentialForm.LEASE_TOKEN);
  }

  /**
   * What a request that is signed with the key of this lease is worth now.
   *
   * @param signed whether a key made the request's signature
   */
  public Future<Credential> authenticate(LeaseId id, Predicate<MasterKey> signed) {
    return secrets.verifier(id).filter(signed).isPresent()
        ? credential(id, CredentialForm.LEASE_KEY)
        : Future.succeededFuture(new Credential.Unknown(Optional.empty()));
  }

  /**
   * What the caller's own token is worth in an account now: the lease of their session there, which
   * the first use opens. It gives no more than the policy gave at that time, and each request is
   * decided all the same.
   */
  public Future<Credential> authenticate(Authentication.Accepted caller, String account) {
    return leaseOf(caller, account).map(credential -> shownBy(caller, credential));
  }

  /** A token counts for what it says itself, not for what the first of its sign-in said. */
  private static Credential shownBy(Authentication.Accepted caller, Credential credential) {
    return credential instanceof Credential.Active(Lease lease)
        ? new Credential.Active(lease.shownBy(caller.principal().claims(), ownStanding(caller)))
        : credential;
  }

  private static Standing ownStanding(Authentication.Accepted caller) {
    return new Standing(
        Optional.of(caller.client()), caller.mfaUntil(), Optional.empty(), Optional.empty());
  }

  private Future<Credential> leaseOf(Authentication.Accepted caller, String account) {
    OwnToken key = new OwnToken(caller.session().id(), account);
    CompletableFuture<Credential> opened = ownTokens.getIfPresent(key);
    if (opened != null
        && opened.isDone()
        && !opened.isCompletedExceptionally()
        && opened.join() instanceof Credential.Active(Lease lease)) {
      return credential(lease.id(), CredentialForm.OWN_TOKEN);
    }
    return lookUp(ownTokens, key, asked -> open(caller, account))
        .compose(
            credential -> {
              if (credential instanceof Credential.Active(Lease lease)) {
                return credential(lease.id(), CredentialForm.OWN_TOKEN);
              }
              // What is refused now may be given after a change of policy, or a lifted block.
              ownTokens.synchronous().invalidate(key);
              return Future.succeededFuture(credential);
            });
  }

  /** A session of somebody who shows their own token, in an account. */
  private record OwnToken(String sessionId, String account) {}

  /** The implicit lease, as {@link Credential.Active} even if it has ended since. */
  private Future<Credential> open(Authentication.Accepted caller, String account) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Principal principal = caller.principal();
    // A rule that needs an approval gives nothing to a token alone: implicitTerms leaves it out.
    Optional<Grant.ImplicitTerms> given =
        grants.of(principal.id(), principal.kind(), principal.claims()).implicitTerms(account);
    Optional<Grant.ImplicitTerms> terms =
        grants.passes(account, Reason.NO_RULE) ? Optional.of(ANYTHING) : given;
    if (terms.isEmpty() || !now.isBefore(caller.session().endsAt())) {
      return Future.succeededFuture(new Credential.NotGiven());
    }
    Instant end = earlier(now.plus(terms.get().granted().ttl().max()), caller.session().endsAt());
    Lease lease =
        new Lease(
            secrets.newId(),
            caller.session().id(),
            principal.id(),
            principal.kind(),
            principal.claims(),
            ownStanding(caller),
            CredentialForm.OWN_TOKEN,
            Scope.of(account),
            Optional.empty(),
            IMPLICIT,
            terms.get().actions(),
            Lane.PROXY,
            rule(terms.get().granted()),
            now,
            end,
            end,
            0,
            Optional.empty());
    return store
        .open(lease, caller.signedInAt(), kept -> recorded(kept, given.isEmpty()))
        .map(
            opened ->
                switch (opened) {
                  case LeaseStore.Opened.Blocked(Block by) -> new Credential.Blocked(by);
                  case LeaseStore.Opened.Kept(Lease kept, boolean isNew) -> {
                    if (isNew) {
                      metrics.issued(kept.lane());
                    }
                    known
                        .asMap()
                        .putIfAbsent(
                            kept.id(),
                            CompletableFuture.completedFuture(Optional.of(asEnded(kept))));
                    yield new Credential.Active(kept);
                  }
                });
  }

  /**
   * In the transaction: a lease that isn't in the journal isn't in the store either.
   *
   * @param reported whether no rule gives anything to the token
   */
  private void recorded(Lease lease, boolean reported) {
    try {
      if (reported) {
        report(lease, List.of(), new Decision.Deny(Reason.NO_RULE, Optional.empty()));
      }
      record(lease);
    } catch (JournalException e) {
      throw new IllegalStateException("The journal doesn't take the lease.", e);
    }
  }

  /** A known lease, if this form of credential is for it. */
  private Future<Credential> credential(LeaseId id, CredentialForm shown) {
    CompletableFuture<Optional<Lease>> remembered = known.getIfPresent(id);
    if (remembered != null && remembered.isDone() && !remembered.isCompletedExceptionally()) {
      return Future.succeededFuture(credential(id, remembered.join(), shown));
    }
    return find(id).map(lease -> credential(id, lease, shown));
  }

  private Credential credential(LeaseId id, Optional<Lease> lease, CredentialForm shown) {
    if (lease.filter(found -> found.form() == shown).isEmpty()) {
      return new Credential.Unknown(Optional.of(id));
    }
    Lease.State state = lease.get().state(clock.instant());
    return state == Lease.State.ACTIVE
        ? new Credential.Active(lease.get())
        : new Credential.Ended(lease.get(), state);
  }

  /** The principal's lease; empty if there is none or it is somebody else's. */
  public Future<Optional<Lease>> find(LeaseId id, PrincipalId principal) {
    return find(id).map(lease -> lease.filter(found -> found.principal().equals(principal)));
  }

  /** The principal's leases, the newest first, at most 200. */
  public Future<List<Lease>> of(PrincipalId principal) {
    return store.of(principal);
  }

  /** Everybody's leases, the newest first, at most 200. */
  public Future<List<Lease>> all() {
    return store.all();
  }

  /**
   * Ends a lease of the principal's now; false if there is none. Once ended it stays so, and if it
   * was that of their own token, a {@link Block} keeps them from another.
   */
  public Future<Boolean> revoke(LeaseId id, PrincipalId principal) {
    return find(id, principal).compose(found -> end(found, principal));
  }

  /**
   * Ends a lease now, whosever it is; false if there is none. The block that it leaves is {@code
   * by}'s: whom it keeps out can't lift it.
   */
  public Future<Boolean> revokeAny(LeaseId id, PrincipalId by) {
    return find(id).compose(found -> end(found, by));
  }

  private Future<Boolean> end(Optional<Lease> found, PrincipalId by) {
    if (found.isEmpty()) {
      return Future.succeededFuture(false);
    }
    if (found.get().revokedAt().isPresent()) {
      Ending unkept = endings.get(found.get().id());
      return unkept == null ? Future.succeededFuture(true) : keepEnding(unkept);
    }
    return end(new Ending(found.get().revoked(clock.instant().truncatedTo(ChronoUnit.MICROS)), by));
  }

  private Future<Boolean> end(Ending ending) {
    Lease revoked = ending.lease();
    try {
      journal.append(
          new JournalRecord.LeaseRevoked(
              revoked.revokedAt().orElseThrow(),
              revoked.id().value(),
              revoked.sessionId(),
              revoked.principal().toString(),
              ending.by().toString(),
              block(ending).map(Block::id)));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    metrics.revoked(revoked.lane());
    // Here first: the ending holds in this process even if the store fails now.
    endings.put(revoked.id(), ending);
    remember(revoked);
    return keepEnding(ending);
  }

  private Future<Boolean> keepEnding(Ending ending) {
    return store
        .revoke(ending.lease(), block(ending))
        .map(
            kept -> {
              endings.remove(ending.lease().id());
              return true;
            });
  }

  private static Optional<Block> block(Ending ending) {
    Lease revoked = ending.lease();
    return revoked.form() == CredentialForm.OWN_TOKEN
        ? Optional.of(
            new Block(
                "b-" + revoked.id(),
                revoked.principal(),
                revoked.kind(),
                revoked.scope().account(),
                revoked.revokedAt().orElseThrow(),
                ending.by(),
                Optional.empty()))
        : Optional.empty();
  }

  /** What keeps a principal out, and what did; the newest first, at most 200. */
  public Future<List<Block>> blocks(PrincipalId principal) {
    return store.blocks(principal);
  }

  /** Everybody's blocks, the newest first, at most 200. */
  public Future<List<Block>> allBlocks() {
    return store.allBlocks();
  }

  /** Lifts a block that this one made of themselves; false if there is none. */
  public Future<Boolean> lift(String id, PrincipalId by) {
    return store
        .block(id)
        .compose(
            found ->
                lift(
                    found.filter(
                        block -> block.principal().equals(by) && block.madeBy().equals(by)),
                    by));
  }

  /** Lifts a block, whoever made it; false if there is none. */
  public Future<Boolean> liftAny(String id, PrincipalId by) {
    return store.block(id).compose(found -> lift(found, by));
  }

  private Future<Boolean> lift(Optional<Block> found, PrincipalId by) {
    if (found.isEmpty()) {
      return Future.succeededFuture(false);
    }
    if (found.get().liftedAt().isPresent()) {
      return Future.succeededFuture(true);
    }
    Block lifted = found.get().lifted(clock.instant().truncatedTo(ChronoUnit.MICROS));
    try {
      journal.append(
          new JournalRecord.BlockLifted(
              lifted.liftedAt().orElseThrow(),
              lifted.id(),
              lifted.principal().toString(),
              lifted.account(),
              by.toString()));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    return store.lift(lifted).map(true);
  }

  /**
   * Counts the leases that are active, and those that have expired since the last time: nothing
   * happens here when they do. What isn't known is counted as unknown; never fails.
   */
  public Future<Void> count() {
    long since = expiriesCountedUntil.get();
    long now = Database.micros(clock.instant());
    return store
        .census(Database.instant(since), Database.instant(now))
        .timeout(COUNTED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(
            census -> {
              metrics.active(census.active());
              // Not twice, if two ask at the same time.
              if (expiriesCountedUntil.compareAndSet(since, now)) {
                census.expired().forEach(metrics::expired);
              }
            })
        .onFailure(failure -> metrics.activeUnknown())
        .otherwise(new LeaseStore.Census(Map.of(), Map.of()))
        .mapEmpty();
  }

  private Future<Optional<Lease>> find(LeaseId id) {
    return lookUp(known, id, key -> store.find(key).map(found -> found.map(this::asEnded)));
  }

  /** What is known, or is being found out; by one only, however many ask. */
  private static <K, V> Future<V> lookUp(
      AsyncCache<K, V> known, K asked, Function<K, Future<V>> find) {
    CompletableFuture<V> lookUp =
        known.get(
            asked, (key, executor) -> find.apply(key).toCompletionStage().toCompletableFuture());
    // Several event loops may wait for one look-up: each goes on on its own.
    Context caller = Vertx.currentContext();
    return caller == null
        ? Future.fromCompletionStage(lookUp)
        : Future.fromCompletionStage(lookUp, caller);
  }

  /** What the store has of a lease, as this process knows it. */
  private Lease asEnded(Lease kept) {
    Ending ending = endings.get(kept.id());
    return ending == null ? kept : ending.lease();
  }

  private void remember(Lease lease) {
    known.put(lease.id(), CompletableFuture.completedFuture(Optional.of(lease)));
  }

  /** As people write it: {@code 1h30m}. */
  private static String words(Duration duration) {
    return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static String spelt(CredentialForm form) {
    return form.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<String> shortNames(Set<Action> actions) {
    return EnumSet.copyOf(actions).stream().map(Action::shortName).toList();
  }
}
