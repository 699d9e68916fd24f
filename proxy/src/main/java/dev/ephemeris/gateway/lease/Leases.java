package dev.ephemeris.gateway.lease;

import static java.util.stream.Collectors.joining;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.identity.BlockTarget;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.metrics.LeaseMetrics;
import dev.ephemeris.gateway.repetition.Once;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
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
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of leases. Issuing and ending are in the journal before they take effect; ending is
 * effective on the next {@link #authenticate}.
 *
 * <p>Thread-safe.
 */
public final class Leases {

  /** What a lease of one's own token gives isn't one of the policy's roles. */
  private static final RoleName IMPLICIT = new RoleName("implicit");

  /** What one's own token is good for in report mode: nobody has narrowed it. */
  private static final Grant.ImplicitTerms ANYTHING =
      new Grant.ImplicitTerms(EnumSet.allOf(Action.class), LeasePolicy.REPORTED);

  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  /** A renewal that was asked for in time may be kept a little later. */
  private static final Duration SETTLED = Duration.ofSeconds(5);

  private static final int MOST_REMEMBERED = 100_000;

  /** No session is longer, and no token of the lane token goes on for longer. */
  private static final Duration LONGEST = Duration.ofDays(8);

  /** Whoever asks for metrics doesn't wait long. */
  private static final Duration COUNTED_WITHIN = Duration.ofSeconds(2);

  private final LeaseStore store;
  private final LeaseSecrets secrets;
  private final Blocks blocks;
  private final Grants grants;
  private final LeasePolicy policy;
  private final Journal journal;
  private final Notices notices;
  private final LeaseMetrics metrics;
  private final Map<Lane, DirectLane> direct;
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

  /**
   * A lease as it is once ended, and who ended it: theirs is the block that it leaves. Nobody if it
   * is the gateway itself.
   */
  private record Ending(Lease lease, Optional<PrincipalId> by) {}

  /**
   * The leases in this database.
   *
   * @param notices of leases under rules that want people to be told
   * @param direct the lanes other than the proxy that there are
   */
  public static Leases of(
      Database database,
      LeaseSecrets secrets,
      Blocks blocks,
      Grants grants,
      Journal journal,
      Notices notices,
      LeaseMetrics metrics,
      Map<Lane, DirectLane> direct,
      InstantSource clock) {
    return new Leases(
        new LeaseStore(database, secrets),
        secrets,
        blocks,
        grants,
        journal,
        notices,
        metrics,
        direct,
        clock);
  }

  Leases(
      LeaseStore store,
      LeaseSecrets secrets,
      Blocks blocks,
      Grants grants,
      Journal journal,
      Notices notices,
      LeaseMetrics metrics,
      Map<Lane, DirectLane> direct,
      InstantSource clock) {
    this.store = store;
    this.secrets = secrets;
    this.blocks = blocks;
    this.grants = grants;
    this.policy = new LeasePolicy(grants, journal);
    this.journal = journal;
    this.notices = notices;
    this.metrics = metrics;
    this.direct = Map.copyOf(direct);
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
    return issue(caller, from, request, Once.EACH_TIME);
  }

  /**
   * The same, if nobody else has taken over.
   *
   * @param once whether that is so
   */
  public Future<Issuance> issue(
      Authentication.Accepted caller, String from, LeaseRequest request, Once once) {
    return issue(
            caller,
            from,
            request,
            Optional.empty(),
            (handle, lease) -> isFirst(once, handle, lease))
        .map(issuance -> issuance instanceof Issuance.Taken ? beingAsked() : issuance);
  }

  /** To whoever isn't the first by their key. */
  static Issuance beingAsked() {
    return new Issuance.Busy(
        "Somebody asks for the same by the same key, and is at it now.",
        Optional.of(Duration.ofSeconds(1)));
  }

  /** Whether a lease may be given, which is known then. */
  static boolean isFirst(Once once, Handle handle, Lease lease) {
    return once.isFirst(handle, new JsonObject().put("lease", lease.id().value()).encode());
  }

  /** What became of the wish to be given again what a lease was given with. */
  public sealed interface GivenAgain {

    /** The same as before. */
    record Given(Issuance issuance) implements GivenAgain {}

    /** It was shown once, or isn't good for anything any more. */
    record Not(String why) implements GivenAgain {}
  }

  /**
   * What the caller was given for a lease of theirs, again: in the lane proxy that is derived from
   * its id, and was never kept. Nothing is decided, made or recorded.
   */
  public Future<GivenAgain> givenAgain(Authentication.Accepted caller, LeaseId id) {
    return find(id)
        .map(
            found ->
                found
                    .filter(lease -> lease.principal().equals(caller.principal().id()))
                    .map(this::givenAgain)
                    .orElseGet(() -> new GivenAgain.Not("Lease " + id + " isn't there any more.")));
  }

  private GivenAgain givenAgain(Lease lease) {
    String which = "Lease " + lease.id() + " was given for this key";
    if (lease.state(clock.instant()) != Lease.State.ACTIVE
        || secrets.revokedAt(lease.id()).isPresent()) {
      return new GivenAgain.Not(which + ", and has ended since. Ask for another with another key.");
    }
    if (lease.lane() != Lane.PROXY || lease.form() == CredentialForm.OWN_TOKEN) {
      return new GivenAgain.Not(
          which
              + ", in a lane in which nothing can be shown twice. Renew it for what it is used"
              + " with, or end it and ask for another with another key.");
    }
    return new GivenAgain.Given(given(lease));
  }

  /**
   * The same of the lane proxy, with which the gateway itself asks for them: its credential is
   * handed over to nobody, so that the rule's ways of doing so don't matter.
   */
  public Future<Issuance> issueWithin(
      Authentication.Accepted caller, String from, LeaseRequest request) {
    if (request.lane() != Lane.PROXY) {
      throw new IllegalArgumentException("the gateway asks in the lane proxy");
    }
    return issue(
        caller, from, request, HandingOver.NONE, Optional.empty(), LeaseStore.Taking.NOTHING);
  }

  /**
   * The token of a lease of the lane proxy that is the caller's own, in this session, with which
   * the gateway itself asks for them; empty if it is another's.
   */
  public Optional<LeaseToken> within(Authentication.Accepted caller, Lease lease) {
    boolean own =
        lease.principal().equals(caller.principal().id())
            && lease.sessionId().equals(caller.session().id())
            && lease.actedFor().equals(caller.actsFor().map(whom -> ActedFor.of(whom.principal())));
    return own && lease.lane() == Lane.PROXY && lease.form() == CredentialForm.LEASE_TOKEN
        ? Optional.of(secrets.token(lease.id()))
        : Optional.empty();
  }

  /** Whether whoever asks is to have the credential. */
  private enum HandingOver {
    AS_ASKED,
    NONE
  }

  /**
   * What others have agreed to.
   *
   * @param actions of the role as it was then
   */
  record Agreed(Approved approved, Set<Action> actions) {}

  /**
   * The same, for which there may be an approval.
   *
   * @param taking takes what it is given for
   */
  Future<Issuance> issue(
      Authentication.Accepted caller,
      String from,
      LeaseRequest request,
      Optional<Agreed> agreed,
      LeaseStore.Taking taking) {
    return issue(caller, from, request, HandingOver.AS_ASKED, agreed, taking);
  }

  private Future<Issuance> issue(
      Authentication.Accepted caller,
      String from,
      LeaseRequest request,
      HandingOver handingOver,
      Optional<Agreed> agreed,
      LeaseStore.Taking taking) {
    Optional<Approved> approved = agreed.map(Agreed::approved);
    try {
      return switch (wish(
          caller,
          from,
          request,
          handingOver,
          approval -> approved.filter(given -> given.approvals().contains(approval)).isPresent())) {
        case Wish.Not(Issuance why) -> Future.succeededFuture(why);
        case Wish.Given given
            when agreed
                .filter(others -> !others.actions().containsAll(given.role().actions()))
                .isPresent() ->
            Future.succeededFuture(
                new Issuance.Malformed(
                    "Role “"
                        + given.role().name()
                        + "” has more actions than when others agreed to it. Ask again."));
        case Wish.Given given -> {
          Function<Optional<AtAccount>, Lease> lease =
              at -> lease(caller, request, given, approved, at);
          LeaseStore.Taking told = told(taking, given.terms());
          yield request.lane() == Lane.PROXY
              ? keep(caller, lease.apply(Optional.empty()), told, given.reported(), this::issued)
              : issueDirect(caller, request, given, told, lease);
        }
      };
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
  }

  /** The same, and people are told of the lease whom its rules name. */
  private LeaseStore.Taking told(LeaseStore.Taking taking, LeaseTerms.Granted terms) {
    return terms.channels().isEmpty()
        ? taking
        : (handle, lease) -> {
          if (!taking.isDone(handle, lease)) {
            return false;
          }
          notices.tell(handle, terms.channels(), new Notice.LeaseIssued(lease));
          return true;
        };
  }

  /** What the policy says to a request. */
  sealed interface Wish {

    /**
     * It may be had.
     *
     * @param rule the one that gives it; the one that wants the approval, if it takes one
     * @param ttl for how long
     * @param reported what the policy has against it where it passes all the same
     * @param toAll whether it may be had as it is though nobody agrees
     */
    record Given(
        Role role,
        RuleName rule,
        LeasePolicy.Wanted wanted,
        LeaseTerms.Granted terms,
        Duration ttl,
        Map<Action, Decision.Deny> reported,
        boolean toAll,
        Instant now)
        implements Wish {}

    /** It may not. */
    record Not(Issuance why) implements Wish {}
  }

  /**
   * Asks the policy.
   *
   * @param agreed which approvals there are
   */
  Wish wish(
      Authentication.Accepted caller, String from, LeaseRequest request, Predicate<Approval> agreed)
      throws JournalException {
    return wish(caller, from, request, HandingOver.AS_ASKED, agreed);
  }

  private Wish wish(
      Authentication.Accepted caller,
      String from,
      LeaseRequest request,
      HandingOver handingOver,
      Predicate<Approval> agreed)
      throws JournalException {
    // Role and rules of one policy, whatever it is replaced by meanwhile.
    Grants.Edition edition = grants.now();
    Optional<Role> role = edition.policy().role(request.role());
    if (role.isEmpty()) {
      return new Wish.Not(
          new Issuance.Malformed(
              "unknown role "
                  + Suggestion.expected(request.role().value(), edition.policy().roleNames())));
    }
    Instant now = now();
    LeasePolicy.Wanted wanted = wanted(caller, request, role.get(), agreed);
    return switch (policy.ask(
        edition, caller.principal(), caller.session().id(), from, wanted, now)) {
      case LeasePolicy.Answer.Refused(var reason, var rule, String message) ->
          new Wish.Not(new Issuance.Refused(reason, rule, message));
      case LeasePolicy.Answer.NeedsApproval(RuleName rule, String message) ->
          new Wish.Not(new Issuance.NeedsApproval(rule, message));
      case LeasePolicy.Answer.Given(var terms, var reported) -> {
        Duration ttl = request.ttl().orElseGet(() -> LeasePolicy.standard(request.lane(), terms));
        yield undeliverable(request, handingOver, terms)
            .or(() -> LeasePolicy.tooLong(ttl, request.lane(), terms))
            .<Wish>map(malformed -> new Wish.Not(new Issuance.Malformed(malformed)))
            .orElseGet(
                () ->
                    new Wish.Given(
                        role.get(),
                        LeasePolicy.rule(edition, terms),
                        wanted,
                        terms,
                        ttl,
                        reported,
                        terms.approvals().isEmpty()
                            || policy.isGivenToAll(
                                edition, caller.principal(), from, wanted, terms, now),
                        now));
      }
    };
  }

  /**
   * The role to ask others for that has an action and as few others as may be; empty if none that
   * has it is to be had that way.
   *
   * @param refused the action, and where
   */
  Optional<RoleName> roleToAskFor(
      Authentication.Accepted caller,
      String from,
      Refusals.Refused refused,
      Optional<String> reason,
      Optional<String> ticket) {
    Grants.Edition edition = grants.now();
    Instant now = now();
    return edition.policy().roles().stream()
        .filter(role -> role.actions().contains(refused.action()))
        .sorted(
            Comparator.comparing((Role role) -> role.actions().size())
                .thenComparing(role -> role.name().value()))
        .filter(
            role -> {
              LeaseRequest request =
                  LeaseRequest.of(
                          refused.scope(), refused.partitionKey(), role.name(), Delivery.TOKEN)
                      .saying(reason, ticket);
              return policy.needsOthers(
                  edition,
                  caller.principal(),
                  from,
                  wanted(caller, request, role, everybody -> true),
                  now);
            })
        .findFirst()
        .map(Role::name);
  }

  private static LeasePolicy.Wanted wanted(
      Authentication.Accepted caller, LeaseRequest request, Role role, Predicate<Approval> agreed) {
    return new LeasePolicy.Wanted(
        role.name(),
        role.actions(),
        request.scope(),
        request.partitionKey(),
        request.lane(),
        request.form(),
        standing(caller, request),
        caller.actsFor().map(whom -> standing(whom, request)),
        agreed);
  }

  private Future<Issuance> issueDirect(
      Authentication.Accepted caller,
      LeaseRequest request,
      Wish.Given given,
      LeaseStore.Taking taking,
      Function<Optional<AtAccount>, Lease> lease) {
    LeasePolicy.Wanted wanted = given.wanted();
    if (!leavesTime(caller, request.lane())) {
      return refused(
          caller,
          wanted,
          given.terms(),
          "your session ends at "
              + caller.session().endsAt()
              + ", and what is handed over would let in for longer. Sign in again, or use the lane"
              + " proxy.");
    }
    DirectLane lane = Objects.requireNonNull(direct.get(request.lane()));
    return lane.prepare(
            new DirectLane.Wanted(
                caller, wanted.scope(), wanted.partitionKey(), request.item(), wanted.actions()))
        .compose(
            answer ->
                switch (answer) {
                  case DirectLane.Answer.Given<AtAccount>(AtAccount at) ->
                      keep(
                          caller,
                          lease.apply(Optional.of(at)),
                          taking,
                          Map.of(),
                          kept -> opened(lane, kept));
                  case DirectLane.Answer.Refused<AtAccount>(String message) ->
                      refused(caller, wanted, given.terms(), message);
                  case DirectLane.Answer.Busy<AtAccount>(String message, Duration after) ->
                      Future.succeededFuture(new Issuance.Busy(message, Optional.of(after)));
                  case DirectLane.Answer.Unavailable<AtAccount>(String message) ->
                      Future.succeededFuture(new Issuance.Busy(message, Optional.empty()));
                });
  }

  /** Whether anything could be handed over that is over when the caller's session is. */
  private boolean leavesTime(Authentication.Accepted caller, Lane lane) {
    return now()
        .plus(Lease.overrun(lane))
        .plus(DirectLane.SHORTEST)
        .isBefore(caller.session().endsAt());
  }

  private Future<Issuance> refused(
      Authentication.Accepted caller,
      LeasePolicy.Wanted wanted,
      LeaseTerms.Granted terms,
      String why) {
    try {
      LeasePolicy.Answer.Refused refused =
          policy.beyondLane(
              caller.principal(),
              caller.session().id(),
              wanted,
              LeasePolicy.rule(terms),
              why,
              now());
      return Future.succeededFuture(
          new Issuance.Refused(refused.reason(), refused.rule(), refused.message()));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
  }

  /** What its holder is given for a lease that is kept; without it, the lease is ended. */
  private Future<Issuance> opened(DirectLane lane, Lease kept) {
    remembered(kept);
    return lane.open(kept)
        .compose(
            answer ->
                switch (answer) {
                  case DirectLane.Answer.Given<DirectLane.Handed>(DirectLane.Handed handed) ->
                      isStillGood(kept)
                          .map(
                              good -> {
                                if (!good) {
                                  // What nobody gets to see lets nobody in.
                                  return new Issuance.KeptOut(
                                      "Lease " + kept.id() + " was ended while it was made.");
                                }
                                metrics.issued(kept.lane());
                                return new Issuance.IssuedDirect(kept, handed);
                              });
                  case DirectLane.Answer.Refused<DirectLane.Handed>(String message) ->
                      withdrawn(
                          kept,
                          new Issuance.Refused(
                              Reason.LANE_CANNOT_ENFORCE, Optional.of(kept.rule()), message));
                  case DirectLane.Answer.Busy<DirectLane.Handed>(String message, Duration after) ->
                      withdrawn(kept, new Issuance.Busy(message, Optional.of(after)));
                  case DirectLane.Answer.Unavailable<DirectLane.Handed>(String message) ->
                      withdrawn(kept, new Issuance.Busy(message, Optional.empty()));
                });
  }

  /** Whether nothing has ended it: what is handed over in such a lane nobody can take back. */
  private Future<Boolean> isStillGood(Lease lease) {
    return store
        .find(lease.id())
        .map(
            found ->
                found
                    .map(this::asEnded)
                    .filter(now -> now.state(clock.instant()) == Lease.State.ACTIVE)
                    .isPresent());
  }

  private Future<Issuance> withdrawn(Lease kept, Issuance answer) {
    return withdraw(kept).map(answer);
  }

  private static Optional<String> undeliverable(
      LeaseRequest request, HandingOver handingOver, LeaseTerms.Granted terms) {
    return handingOver == HandingOver.NONE || terms.deliver().contains(request.deliver())
        ? Optional.empty()
        : Optional.of(
            "Rule “"
                + LeasePolicy.rule(terms)
                + "” has credentials handed over as "
                + (terms.deliver().isEmpty()
                    ? "nothing that all of its sisters allow"
                    : terms.deliver().stream().map(Delivery::toString).collect(joining(", ")))
                + ", and "
                + request.deliver()
                + " was asked for.");
  }

  private static Standing standing(Authentication.Accepted caller, LeaseRequest request) {
    return new Standing(
        Optional.of(caller.client()), caller.mfaUntil(), request.reason(), request.ticket());
  }

  private Lease lease(
      Authentication.Accepted caller,
      LeaseRequest request,
      Wish.Given given,
      Optional<Approved> approved,
      Optional<AtAccount> atAccount) {
    Principal principal = caller.principal();
    Instant now = given.now();
    // Nobody has agreed to more than was asked for.
    Duration most =
        approved.isPresent()
            ? given.ttl().plus(Lease.overrun(request.lane()))
            : given.terms().ttl().max();
    Instant hardEnd = earlier(now.plus(most), caller.session().endsAt());
    return new Lease(
        secrets.newId(),
        caller.session().id(),
        principal.id(),
        principal.kind(),
        principal.claims(),
        standing(caller, request),
        caller
            .actsFor()
            .map(
                whom ->
                    new Lease.ActsFor(
                        ActedFor.of(whom.principal()),
                        standing(whom, request),
                        whom.session().id(),
                        caller.session().actsFor().orElseThrow().ownSessionId())),
        request.form(),
        request.scope(),
        request.partitionKey(),
        given.role().name(),
        given.role().actions(),
        request.lane(),
        given.rule(),
        now,
        earlier(now.plus(given.ttl()), hardEnd.minus(Lease.overrun(request.lane()))),
        hardEnd,
        0,
        Optional.empty(),
        atAccount,
        approved);
  }

  private Future<Issuance> keep(
      Authentication.Accepted caller,
      Lease lease,
      LeaseStore.Taking taking,
      Map<Action, Decision.Deny> reported,
      Function<Lease, Future<Issuance>> kept) {
    return store
        .insert(
            lease,
            taking,
            // What somebody has done to themselves keeps them from nothing that they ask for.
            () -> byOthers(caller, lease.scope().account()),
            inserted -> recorded(inserted, reported))
        .compose(
            opened ->
                switch (opened) {
                  case LeaseStore.Opened.Kept(Lease inserted, boolean isNew) ->
                      isThere(inserted.scope().account())
                          ? kept.apply(inserted)
                          : withdraw(inserted)
                              .map(
                                  gone ->
                                      new Issuance.KeptOut(
                                          "Account “"
                                              + inserted.scope().account()
                                              + "” has gone meanwhile."));
                  case LeaseStore.Opened.Blocked(Block by) ->
                      Future.succeededFuture(new Issuance.KeptOut(keptOut(lease, by)));
                  case LeaseStore.Opened.SessionEnded() ->
                      Future.succeededFuture(
                          new Issuance.KeptOut("Your session was ended. Sign in again."));
                  case LeaseStore.Opened.Taken() -> Future.succeededFuture(new Issuance.Taken());
                });
  }

  /** Whoever takes an account away ends the leases that there are then. */
  private boolean isThere(String account) {
    return grants.now().accounts().stream().anyMatch(known -> known.name().equals(account));
  }

  private String keptOut(Lease lease, Block by) {
    return "Since "
        + by.at()
        + " block "
        + by.id()
        + " keeps "
        + grants.describe(lease.holder(), lease.actedFor())
        + " out of "
        + by.account().orElse("everything")
        + (by.target() instanceof BlockTarget.OfAgent
            ? ", until whom it acts for has signed in anew."
            : by.endsByLiftingOnly(lease.kind())
                ? ", until whoever runs the gateway lifts it."
                : ". Sign in again.");
  }

  /** Against the caller, or whom they act for. */
  private Optional<Block> byOthers(Authentication.Accepted caller, String account) {
    return blocks
        .byOthersAgainst(caller.principal(), caller.client(), caller.signedInAt(), account)
        .or(() -> caller.actsFor().flatMap(whom -> byOthers(whom, account)))
        .or(
            () ->
                caller
                    .actsFor()
                    .flatMap(
                        whom ->
                            blocks.againstAgent(
                                caller.principal().id(), whom.principal(), whom.signedInAt())));
  }

  private Optional<Block> block(Authentication.Accepted caller, String account) {
    return blocks.against(caller.principal(), caller.client(), caller.signedInAt(), account);
  }

  private Future<Issuance> issued(Lease lease) {
    // Whoever ended it meanwhile may have been quicker.
    remembered(lease);
    metrics.issued(lease.lane());
    return Future.succeededFuture(given(lease));
  }

  private Issuance given(Lease lease) {
    return lease.form() == CredentialForm.LEASE_KEY
        ? new Issuance.IssuedKey(lease, secrets.leaseKey(lease.id()))
        : new Issuance.Issued(lease, secrets.token(lease.id()));
  }

  /** In the transaction: a lease that isn't in the journal isn't in the store either. */
  private void recorded(Lease lease, Map<Action, Decision.Deny> reported) throws JournalException {
    report(lease, reported, lease.issuedAt());
    record(lease);
  }

  /** Each refusal once, with the actions that it is of. */
  private void report(Lease lease, Map<Action, Decision.Deny> reported, Instant now)
      throws JournalException {
    Map<Decision.Deny, Set<Action>> refusals = new LinkedHashMap<>();
    new TreeMap<>(reported)
        .forEach(
            (action, deny) ->
                refusals.computeIfAbsent(deny, first -> EnumSet.noneOf(Action.class)).add(action));
    for (Map.Entry<Decision.Deny, Set<Action>> refusal : refusals.entrySet()) {
      report(lease, LeasePolicy.shortNames(refusal.getValue()), refusal.getKey(), now);
    }
  }

  private void report(Lease lease, List<String> actions, Decision.Deny refusal, Instant now)
      throws JournalException {
    journal.append(
        new JournalRecord.Decision(
            now,
            Optional.of(lease.id().value()),
            lease.sessionId(),
            lease.principal().toString(),
            lease.actsForText(),
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
            lease.actsForText(),
            lease.scope().toString(),
            lease.partitionKey().map(PartitionKey::header),
            lease.role().value(),
            LeasePolicy.shortNames(lease.actions()),
            lease.lane().name().toLowerCase(Locale.ROOT),
            credential(lease),
            lease.rule().value(),
            lease.standing().reason(),
            lease.standing().ticket(),
            lease.expiresAt()));
  }

  /**
   * Gives a lease of the caller's more time, if the policy still gives what it is for: to whoever
   * they are and wherever they ask from now, with the reason and the ticket that they had. It stays
   * good for what was shown for it before, and never ends later than its first issue and the rules
   * allow. An agent's, that acts for somebody, is renewed by the agent alone, and the policy is
   * asked about both; whom it acts for can end it. The future fails if store or journal can't keep
   * it.
   *
   * @param from the address by which it is asked for
   * @param wanted how long from now; the rules' default if empty
   */
  public Future<Renewal> renew(
      Authentication.Accepted caller, String from, LeaseId id, Optional<Duration> wanted) {
    return find(id, caller.principal().id())
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture(new Renewal.NotFound())
                    : renew(caller, from, found.get(), wanted));
  }

  private Future<Renewal> renew(
      Authentication.Accepted caller, String from, Lease lease, Optional<Duration> wanted) {
    Instant now = now();
    Optional<Renewal> over =
        over(lease, now)
            .or(() -> notHolder(caller, lease))
            .or(
                () ->
                    byOthers(caller, lease.scope().account())
                        .or(() -> sinceIssue(lease))
                        .map(by -> new Renewal.KeptOut(keptOut(lease, by))));
    if (over.isPresent()) {
      return Future.succeededFuture(over.get());
    }
    Standing standing =
        new Standing(
            Optional.of(caller.client()),
            caller.mfaUntil(),
            lease.standing().reason(),
            lease.standing().ticket());
    LeasePolicy.Wanted more = LeasePolicy.Wanted.moreOf(lease, standing);
    try {
      return switch (policy.ask(
          grants.now(), holder(caller, lease), caller.session().id(), from, more, now)) {
        case LeasePolicy.Answer.Refused(var reason, var rule, String message) ->
            Future.succeededFuture(new Renewal.Refused(reason, rule, message));
        case LeasePolicy.Answer.NeedsApproval(RuleName rule, String message) ->
            Future.succeededFuture(new Renewal.NeedsApproval(rule, message));
        case LeasePolicy.Answer.Given(var terms, var reported) -> {
          Duration ttl = wanted.orElseGet(() -> LeasePolicy.standard(lease.lane(), terms));
          Optional<String> malformed = LeasePolicy.tooLong(ttl, lease.lane(), terms);
          yield malformed.isPresent()
              ? Future.succeededFuture(new Renewal.Malformed(malformed.get()))
              : renew(caller, lease, terms, reported, standing, ttl, now);
        }
      };
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
  }

  private Principal holder(Authentication.Accepted caller, Lease lease) {
    Principal alone = caller.principal();
    return lease
        .actedFor()
        .map(whom -> grants.agent(alone.id(), alone.displayName(), alone.claims(), whom))
        .orElse(alone);
  }

  private Optional<Renewal> notHolder(Authentication.Accepted caller, Lease lease) {
    return lease.principal().equals(caller.principal().id())
        ? Optional.empty()
        : Optional.of(
            new Renewal.Over(
                "Lease "
                    + lease.id()
                    + " is that of "
                    + grants.describe(lease.holder())
                    + ", which acts for you and renews it by itself. You can end it."));
  }

  /** What keeps whom the agent acts for from the account since they showed their token for it. */
  private Optional<Block> sinceIssue(Lease lease) {
    return lease
        .actsFor()
        .flatMap(
            agents ->
                blocks
                    .byOthersAgainst(
                        grants.principal(agents.whom()),
                        agents.standing().client().orElse(""),
                        Optional.of(lease.issuedAt()),
                        lease.scope().account())
                    .or(
                        () ->
                            blocks.againstAgent(
                                lease.principal(),
                                grants.principal(agents.whom()),
                                Optional.of(lease.issuedAt()))));
  }

  /** What is shown for it, or its time, keeps a lease from being renewed. */
  private static Optional<Renewal> over(Lease lease, Instant now) {
    Optional<String> why =
        lease.form() == CredentialForm.OWN_TOKEN
            ? Optional.of("is that of an access token, and lasts as long as it may by itself.")
            : switch (lease.state(now)) {
              case ACTIVE -> Optional.empty();
              case EXPIRED -> Optional.of("expired at " + lease.expiresAt() + ". Get another.");
              case REVOKED ->
                  Optional.of("was revoked at " + lease.revokedAt().orElseThrow() + ".");
            };
    return why.map(text -> new Renewal.Over("Lease " + lease.id() + " " + text));
  }

  private Future<Renewal> renew(
      Authentication.Accepted caller,
      Lease lease,
      LeaseTerms.Granted terms,
      Map<Action, Decision.Deny> reported,
      Standing standing,
      Duration ttl,
      Instant now) {
    Duration most = terms.ttl().max();
    if (!lease.latestEnd(most).isAfter(lease.expiresAt())) {
      return Future.succeededFuture(
          new Renewal.Over(
              "Lease "
                  + lease.id()
                  + " ends at "
                  + lease.expiresAt()
                  + " at the latest: rule “"
                  + LeasePolicy.rule(terms)
                  + "” gives at most "
                  + Ttl.words(most)
                  + " from its issue at "
                  + lease.issuedAt()
                  + ", and no lease outlasts its session. Get another."));
    }
    return store
        .renew(
            lease.id(),
            kept ->
                // What has ended meanwhile stays so.
                asEnded(kept).state(now) == Lease.State.ACTIVE
                    ? kept.renewed(now, ttl, most, caller.principal().claims(), standing)
                    : kept,
            renewed -> recordRenewal(caller, renewed, terms, reported, now))
        .compose(
            kept -> {
              if (kept.isEmpty()) {
                return Future.succeededFuture(new Renewal.NotFound());
              }
              Lease renewed = remembered(kept.get());
              Optional<Renewal> over = over(renewed, now);
              return over.isPresent()
                  ? Future.succeededFuture(over.get())
                  : renewed(lease, renewed);
            });
  }

  private Future<Renewal> renewed(Lease before, Lease after) {
    if (after.revision() != before.revision()) {
      metrics.renewed(after.lane());
    }
    DirectLane lane = direct.get(after.lane());
    return lane == null
        ? Future.succeededFuture(new Renewal.Renewed(after, Optional.empty()))
        : lane.openAgain(after)
            .compose(
                answer ->
                    switch (answer) {
                      case DirectLane.Answer.Given<DirectLane.Handed>(var handed) ->
                          isStillGood(after)
                              .map(
                                  good ->
                                      good
                                          ? new Renewal.Renewed(after, Optional.of(handed))
                                          : new Renewal.Over(
                                              "Lease "
                                                  + after.id()
                                                  + " was ended while it was renewed."));
                      case DirectLane.Answer.Refused<DirectLane.Handed>(String message) ->
                          Future.succeededFuture(new Renewal.Busy(message, Optional.empty()));
                      case DirectLane.Answer.Busy<DirectLane.Handed>(
                              String message,
                              Duration retryAfter) ->
                          Future.succeededFuture(
                              new Renewal.Busy(message, Optional.of(retryAfter)));
                      case DirectLane.Answer.Unavailable<DirectLane.Handed>(String message) ->
                          Future.succeededFuture(new Renewal.Busy(message, Optional.empty()));
                    });
  }

  /** In the transaction: a renewal that isn't in the journal isn't in the store either. */
  private void recordRenewal(
      Authentication.Accepted caller,
      Lease lease,
      LeaseTerms.Granted terms,
      Map<Action, Decision.Deny> reported,
      Instant now)
      throws JournalException {
    report(lease, reported, now);
    journal.append(
        new JournalRecord.LeaseRenewed(
            now,
            lease.id().value(),
            caller.session().id(),
            lease.principal().toString(),
            lease.actsForText(),
            LeasePolicy.rule(terms).value(),
            lease.expiresAt()));
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
    return leaseOf(caller, account)
        .map(
            credential ->
                credential instanceof Credential.Active(Lease lease)
                    ? block(caller, account)
                        .<Credential>map(Credential.Blocked::new)
                        .orElseGet(() -> shownBy(caller, lease))
                    : credential);
  }

  /** A token counts for what it says itself, not for what the first of its sign-in said. */
  private static Credential shownBy(Authentication.Accepted caller, Lease lease) {
    return new Credential.Active(lease.shownBy(caller.principal().claims(), ownStanding(caller)));
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
      return credential(lease.id(), CredentialForm.OWN_TOKEN)
          .compose(
              now ->
                  now instanceof Credential.Ended(Lease ended, Lease.State state)
                          && ended.isOutlived(caller.signedInAt())
                      ? openedAnew(key, caller, account)
                      : Future.succeededFuture(now));
    }
    return openedOnce(key, caller, account);
  }

  private Future<Credential> openedAnew(
      OwnToken key, Authentication.Accepted caller, String account) {
    ownTokens.synchronous().invalidate(key);
    return openedOnce(key, caller, account);
  }

  private Future<Credential> openedOnce(
      OwnToken key, Authentication.Accepted caller, String account) {
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
    Instant now = now();
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
            Optional.empty(),
            CredentialForm.OWN_TOKEN,
            Scope.of(account),
            Optional.empty(),
            IMPLICIT,
            terms.get().actions(),
            Lane.PROXY,
            LeasePolicy.rule(terms.get().granted()),
            now,
            end,
            end,
            0,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    return store
        .open(
            lease,
            caller.signedInAt(),
            told(LeaseStore.Taking.NOTHING, terms.get().granted()),
            () -> block(caller, account),
            kept -> recorded(kept, given.isEmpty()))
        .map(
            opened ->
                switch (opened) {
                  case LeaseStore.Opened.Blocked(Block by) -> new Credential.Blocked(by);
                  case LeaseStore.Opened.SessionEnded() -> new Credential.NotGiven();
                  case LeaseStore.Opened.Taken() ->
                      throw new IllegalStateException("nothing was to be taken");
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
  private void recorded(Lease lease, boolean reported) throws JournalException {
    if (reported) {
      report(
          lease, List.of(), new Decision.Deny(Reason.NO_RULE, Optional.empty()), lease.issuedAt());
    }
    record(lease);
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
    // In the other lanes nothing of the gateway's own is handed out: here nothing is good for them.
    if (lease.filter(found -> found.lane() == Lane.PROXY && found.form() == shown).isEmpty()) {
      return new Credential.Unknown(Optional.of(id));
    }
    Lease.State state = lease.get().state(clock.instant());
    if (state != Lease.State.ACTIVE) {
      return new Credential.Ended(lease.get(), state);
    }
    // Whatever is known of the lease: its root key may be revoked by another gateway.
    return secrets
        .revokedAt(id)
        .<Credential>map(at -> new Credential.Ended(lease.get().revoked(at), Lease.State.REVOKED))
        .orElseGet(() -> new Credential.Active(lease.get()));
  }

  /**
   * The principal's lease, or that of an agent that acts for them; empty if there is none or it is
   * somebody else's.
   */
  public Future<Optional<Lease>> find(LeaseId id, PrincipalId principal) {
    return find(id).map(lease -> lease.filter(found -> found.concerns(principal)));
  }

  /**
   * Hands the credential of an agent's lease over to whom the agent acts for, who asks for it
   * themselves; on record. Empty if there is none that is good now, of the lane proxy and for them.
   */
  public Future<Optional<Issuance.Issued>> handOver(Authentication.Accepted caller, LeaseId id) {
    if (caller.actsFor().isPresent()) {
      return Future.succeededFuture(Optional.empty());
    }
    return find(id)
        .map(
            found ->
                found
                    .filter(
                        lease ->
                            lease
                                .actedFor()
                                .filter(whom -> whom.id().equals(caller.principal().id()))
                                .isPresent())
                    .filter(lease -> lease.state(now()) == Lease.State.ACTIVE)
                    .filter(lease -> lease.lane() == Lane.PROXY)
                    .filter(lease -> lease.form() == CredentialForm.LEASE_TOKEN))
        .compose(
            mine -> {
              try {
                if (mine.isPresent()) {
                  journal.append(
                      new JournalRecord.LeaseHandedOver(
                          now(),
                          id.value(),
                          caller.session().id(),
                          mine.get().principal().toString(),
                          mine.get().actsForText()));
                }
                return Future.succeededFuture(
                    mine.map(lease -> new Issuance.Issued(lease, secrets.token(id))));
              } catch (JournalException e) {
                return Future.failedFuture(e);
              }
            });
  }

  /** The principal's leases, and those of agents that act for them; the newest first. */
  public Future<Page<Lease>> of(PrincipalId principal, PageWanted wanted) {
    return store.of(principal, wanted);
  }

  /** Everybody's leases, the newest first. */
  public Future<Page<Lease>> all(PageWanted wanted) {
    return store.all(wanted);
  }

  /** Those that are good now of agents that act for this one, the newest first. */
  public Future<List<Lease>> actingFor(PrincipalId whom) {
    return store.actingFor(whom, clock.instant());
  }

  /** Everybody's leases that are good now. */
  public Future<List<Lease>> active() {
    return store.active(clock.instant());
  }

  /**
   * Ends a lease of the principal's now, or of an agent's that acts for them; false if there is
   * none. Once ended it stays so, and if it was that of their own token, a {@link Block} keeps them
   * from another.
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
    return end(new Ending(found.get().revoked(now()), Optional.of(by)));
  }

  private Future<Boolean> end(Ending ending) {
    Lease revoked = ending.lease();
    try {
      recordEnding(
          revoked,
          ending.by().map(PrincipalId::toString).orElse(JournalRecord.LeaseRevoked.BY_GATEWAY),
          block(ending).map(Block::id));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    metrics.revoked(revoked.lane());
    // Here first: the ending holds in this process even if the store fails now.
    endings.put(revoked.id(), ending);
    remember(revoked);
    block(ending).ifPresent(blocks::hold);
    endedAtAccount(revoked);
    return keepEnding(ending);
  }

  private Future<Boolean> keepEnding(Ending ending) {
    return store
        .revoke(
            ending.lease().id(),
            ending.lease().revokedAt().orElseThrow(),
            handle -> block(ending).ifPresent(block -> blocks.keep(handle, block)))
        .map(
            kept -> {
              endings.remove(ending.lease().id());
              return true;
            });
  }

  private static Optional<Block> block(Ending ending) {
    Lease revoked = ending.lease();
    return ending
        .by()
        .filter(by -> revoked.form() == CredentialForm.OWN_TOKEN)
        .map(
            by ->
                new Block(
                    "b-" + revoked.id(),
                    new BlockTarget.OfPrincipal(revoked.principal()),
                    Optional.of(revoked.scope().account()),
                    revoked.revokedAt().orElseThrow(),
                    false,
                    by,
                    Optional.empty()));
  }

  /**
   * The leases of a lane in an account that are good now, and that the policy of this moment still
   * gives to whom their holders are now. The others are ended, and on record. None while nobody
   * knows who is in which group: what isn't known to be given isn't given.
   *
   * @return empty while the account isn't decided on, as when a gateway starts or accounts change:
   *     it is known again at once, and until then nothing is to be made of it
   */
  public Future<Optional<List<Lease>>> upheld(Lane lane, String account) {
    Instant now = now();
    Grants.Edition edition = grants.now();
    if (!edition.knows(account)) {
      return Future.succeededFuture(Optional.empty());
    }
    if (edition.directory().unavailable(now).isPresent()) {
      return Future.succeededFuture(Optional.of(List.of()));
    }
    return store
        .active(lane, now)
        .compose(
            active -> {
              List<Lease> upheld = new ArrayList<>();
              Future<Void> done = Future.succeededFuture();
              for (Lease lease : active) {
                if (lease.scope().account().equals(account)) {
                  done =
                      done.compose(
                              before ->
                                  isUpheld(edition, lease).map(is -> is ? upheld.add(lease) : is))
                          .mapEmpty();
                }
              }
              return done.map(all -> Optional.of(List.copyOf(upheld)));
            });
  }

  private Future<Boolean> isUpheld(Grants.Edition edition, Lease lease) {
    Ending unkept = endings.get(lease.id());
    if (unkept != null) {
      return keepEnding(unkept).map(false);
    }
    try {
      return switch (policy.askAgain(edition, lease, now())) {
        case LeasePolicy.Answer.Given given -> Future.succeededFuture(true);
        case LeasePolicy.Answer.Refused refused -> withdraw(lease).map(false);
        case LeasePolicy.Answer.NeedsApproval another -> withdraw(lease).map(false);
      };
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
  }

  /** Ends a lease since what it was given for holds no more; on record, and by nobody. */
  public Future<Void> withdraw(Lease lease) {
    return end(new Ending(lease.revoked(now()), Optional.empty())).mapEmpty();
  }

  /**
   * Ends all leases of a lane in an account now, whosever they are. Their holders aren't kept from
   * another by that.
   *
   * @param by who does it
   */
  public Future<Void> endAll(Lane lane, String account, String by) {
    return store
        .revokeAll(lane, account, now(), revoked -> recordEnding(revoked, by, Optional.empty()))
        .map(
            revoked -> {
              ended(revoked);
              return null;
            });
  }

  /** The same in all lanes. */
  public Future<Void> endAll(String account, String by) {
    Future<Void> ended = Future.succeededFuture();
    for (Lane lane : Lane.values()) {
      ended = ended.compose(before -> endAll(lane, account, by));
    }
    return ended;
  }

  /**
   * Ends all leases but those in these accounts now, in the lanes that these permit, whosever they
   * are. Everything is looked up anew then: another gateway may have ended leases too.
   *
   * @param by who does it
   */
  public Future<Void> endAllBut(Map<String, Set<Lane>> accounts, String by) {
    return store
        .revokeAllBut(accounts, now(), revoked -> recordEnding(revoked, by, Optional.empty()))
        .map(
            revoked -> {
              ended(revoked);
              known.synchronous().invalidateAll();
              ownTokens.synchronous().invalidateAll();
              return null;
            });
  }

  private void endedAtAccount(Lease revoked) {
    DirectLane lane = direct.get(revoked.lane());
    if (lane != null) {
      lane.ended(revoked);
    }
  }

  /** Those of a session that are good now, in the caller's transaction. */
  List<Lease> active(Handle handle, String sessionId, Instant now) {
    return store.active(handle, sessionId, now);
  }

  /** All that are good now, in the caller's transaction. */
  List<Lease> active(Handle handle, Instant now) {
    return store.active(handle, now);
  }

  /**
   * Ends one of {@link #active}, in the caller's transaction, and in the journal. Whoever calls
   * lets it be known by {@link #ended} once that is kept.
   *
   * @param blockId the block with which it is ended, if it is by force
   * @return as it is then
   */
  Lease end(Handle handle, Lease lease, Instant now, String by, Optional<String> blockId)
      throws JournalException {
    Lease revoked = store.revoke(handle, lease, now);
    recordEnding(revoked, by, blockId);
    return revoked;
  }

  /**
   * Ends all leases of a root key that are good now, in the caller's transaction, and in the
   * journal. Whoever calls lets it be known by {@link #ended} and {@link #forget} once that is
   * kept.
   *
   * @return as they are then
   */
  List<Lease> end(Handle handle, char kid, Instant now, String by) throws JournalException {
    List<Lease> ended = new ArrayList<>();
    for (Lease lease : store.active(handle, now)) {
      if (lease.id().kid() == kid) {
        ended.add(end(handle, lease, now, by, Optional.empty()));
        if (lease.form() == CredentialForm.OWN_TOKEN) {
          // The token is its holder's own and no worse than before: it opens another.
          store.remove(handle, lease.id());
        }
      }
    }
    return ended;
  }

  /** Leases of this root key are looked up anew. */
  void forget(char kid) {
    known.synchronous().asMap().keySet().removeIf(id -> id.kid() == kid);
    ownTokens
        .asMap()
        .values()
        .removeIf(
            opened ->
                opened.isDone()
                    && !opened.isCompletedExceptionally()
                    && opened.join() instanceof Credential.Active(Lease lease)
                    && lease.id().kid() == kid);
  }

  /** By kid, what hangs on root keys now. */
  Future<Map<Character, LeaseStore.Hanging>> hanging() {
    return store.hanging(now());
  }

  /** What is kept of them in the store, as far as anybody may still ask for it. */
  public SealedRows rows() {
    return store.rows(() -> now().minus(LONGEST));
  }

  /** From now on these are known as ended. */
  void ended(List<Lease> leases) {
    for (Lease lease : leases) {
      remember(lease);
      metrics.revoked(lease.lane());
      endedAtAccount(lease);
    }
  }

  private void recordEnding(Lease revoked, String by, Optional<String> blockId)
      throws JournalException {
    journal.append(
        new JournalRecord.LeaseRevoked(
            revoked.revokedAt().orElseThrow(),
            revoked.id().value(),
            revoked.sessionId(),
            revoked.principal().toString(),
            revoked.actsForText(),
            by,
            blockId));
  }

  /**
   * Puts on record which leases have come to the end of their time, since any gateway with this
   * store has done so last. Blocks; what can't be put on record now is at a later call.
   */
  public void recordExpired() {
    try {
      store.expired(now().minus(SETTLED), this::recordExpiry).await();
    } catch (StoreException e) {
      LOG.atWarn()
          .setCause(e)
          .log("leases that have expired can't be put on record now; it is tried again");
    }
  }

  private void recordExpiry(Lease expired) throws JournalException {
    journal.append(
        new JournalRecord.LeaseExpired(
            now(),
            expired.id().value(),
            expired.sessionId(),
            expired.principal().toString(),
            expired.actsForText(),
            expired.expiresAt()));
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

  /**
   * Until when resource tokens of leases on this account let somebody in, of all that were given;
   * empty if none does any more.
   */
  public Future<Optional<Instant>> tokensWorkUntil(String account) {
    return store.latestEnd(account, Lane.TOKEN, now().minus(Lease.overrun(Lane.TOKEN)));
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

  /** From now on known so, unless it was known as ended: that nothing undoes. */
  private Lease remembered(Lease lease) {
    CompletableFuture<Optional<Lease>> settled =
        known
            .asMap()
            .compute(
                lease.id(),
                (id, before) ->
                    before != null && isEnded(before)
                        ? before
                        : CompletableFuture.completedFuture(Optional.of(asEnded(lease))));
    return Objects.requireNonNull(settled).join().orElseThrow();
  }

  private static boolean isEnded(CompletableFuture<Optional<Lease>> known) {
    return known.isDone()
        && !known.isCompletedExceptionally()
        && known.join().filter(lease -> lease.revokedAt().isPresent()).isPresent();
  }

  private void remember(Lease lease) {
    known.put(lease.id(), CompletableFuture.completedFuture(Optional.of(lease)));
  }

  /** As the store has it. */
  private Instant now() {
    return Database.kept(clock.instant());
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static String credential(Lease lease) {
    return switch (lease.lane()) {
      case PROXY -> lease.form().name().toLowerCase(Locale.ROOT).replace('_', '-');
      case TOKEN -> "resource-token";
      case RBAC -> "role";
    };
  }
}
