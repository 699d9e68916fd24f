package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.RandomText;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.repetition.Once;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.Position;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Ttl;
import dev.ephemeris.policy.UserRef;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Leases that wait for others to agree. Whatever becomes of one is in the journal before it is
 * kept.
 *
 * <p>Who may answer is asked of the catalog at the moment of the answer; what the policy gives,
 * when it is asked for and again when it is picked up. Thread-safe.
 */
public final class AccessRequests {

  /** So many of one principal may go on at a time: nobody looks through more. */
  private static final int MOST_OPEN = 20;

  /** So many are asked of the store at once where it can't tell whose they are to answer. */
  private static final int LOOKED_THROUGH = 200;

  /** A hundred random bits. */
  private static final int ID_LENGTH = 20;

  private final AccessRequestStore store;
  private final Leases leases;
  private final Refusals refusals;
  private final Grants grants;
  private final Journal journal;
  private final Notices notices;
  private final InstantSource clock;

  public AccessRequests(
      Database database,
      RowSeal seal,
      Leases leases,
      Grants grants,
      Journal journal,
      Notices notices,
      InstantSource clock) {
    this.store = new AccessRequestStore(database, seal);
    this.leases = leases;
    this.refusals = new Refusals(leases.secrets().refusals(), clock);
    this.grants = grants;
    this.journal = journal;
    this.notices = notices;
    this.clock = clock;
  }

  /** What became of asking. */
  public sealed interface Asked {

    /** It waits for others. */
    record Waiting(AccessRequest request) implements Asked {}

    /** The glass is broken: this is what came of the lease. */
    record GlassBroken(AccessRequest request, Issuance issuance) implements Asked {}

    /** Nobody has to agree: the lease is there to be had. */
    record NotNeeded(String message) implements Asked {}

    /** The policy doesn't give it, whoever agrees; or it asks for what isn't there. */
    record Not(Issuance why) implements Asked {}

    /** There are too many of theirs that go on. */
    record TooMany(String message) implements Asked {}
  }

  /** What became of an answer, or of another change. */
  public sealed interface Changed {
    record Done(AccessRequest request) implements Changed {}

    /** There is none, or none that is their business. */
    record NotFound() implements Changed {}

    /** It isn't for them to say. */
    record NotTheirs(String message) implements Changed {}

    /** It can't be told now who may. */
    record Unavailable(String message) implements Changed {}

    /** It is too late for it, or too early. */
    record Over(String message) implements Changed {}

    /** It isn't any more what they saw when they decided. */
    record NotAsSeen(String message) implements Changed {}

    record Malformed(String message) implements Changed {}
  }

  /** What became of picking one up. */
  public sealed interface PickUp {
    record Leased(Issuance issuance) implements PickUp {}

    record Not(Changed why) implements PickUp {}
  }

  // --- asking ------------------------------------------------------------------------------------

  /**
   * Asks others for a lease. The future fails if store or journal can't keep it.
   *
   * @param from the address by which it is asked for
   * @param breakGlass whether it is to be had at once, and looked at afterwards
   * @param once whether nobody else has taken over
   */
  public Future<Asked> ask(
      Authentication.Accepted caller,
      String from,
      LeaseRequest wanted,
      boolean breakGlass,
      Once once) {
    if (wanted.reason().isEmpty()) {
      return not("Say in the reason what it is for: those who are to agree go by it.");
    }
    try {
      return switch (leases.wish(caller, from, wanted, everybody -> true)) {
        case Leases.Wish.Not(Issuance why) -> Future.succeededFuture(new Asked.Not(why));
        case Leases.Wish.Given given when given.toAll() ->
            Future.succeededFuture(
                new Asked.NotNeeded(
                    "You may have it without anybody's approval"
                        + typed(
                            caller,
                            ": “ephemeris lease "
                                + wanted.scope()
                                + " --role "
                                + wanted.role()
                                + "”")
                        + "."));
        case Leases.Wish.Given given ->
            breakGlass
                ? breakGlass(caller, from, wanted, given, once)
                : wait(caller, wanted, given, once);
      };
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
  }

  /**
   * The same for what was refused on the data plane, with the narrowest role that has it.
   *
   * @param refusal the id that the refusal's message told
   */
  public Future<Asked> ask(
      Authentication.Accepted caller,
      String from,
      String refusal,
      Delivery deliver,
      Optional<Duration> ttl,
      Optional<String> reason,
      Optional<String> ticket,
      boolean breakGlass,
      Once once) {
    Optional<Refusals.Refused> refused =
        refusals.find(caller.principal().id(), actsFor(caller), refusal);
    if (refused.isEmpty()) {
      return not(
          "Nothing was refused to you by that id within a day. Ask by scope and role instead.");
    }
    Optional<RoleName> role = leases.roleToAskFor(caller, from, refused.get(), reason, ticket);
    if (role.isEmpty()) {
      return not(
          "No role with "
              + refused.get().action().shortName()
              + " on "
              + refused.get().scope()
              + " is to be had by an approval."
              + typed(
                  caller,
                  " Ask “ephemeris explain "
                      + refused.get().action().shortName()
                      + " "
                      + refused.get().scope()
                      + "” for what would be needed."));
    }
    LeaseRequest wanted =
        LeaseRequest.of(refused.get().scope(), refused.get().partitionKey(), role.get(), deliver)
            .saying(reason, ticket);
    return ask(caller, from, ttl.map(wanted::lasting).orElse(wanted), breakGlass, once);
  }

  /** What to type, for whoever can: an agent that acts for somebody has no command line here. */
  private static String typed(Authentication.Accepted caller, String hint) {
    return caller.actsFor().isEmpty() ? hint : "";
  }

  private static Optional<PrincipalId> actsFor(Authentication.Accepted caller) {
    return caller.actsFor().map(whom -> whom.principal().id());
  }

  private static Future<Asked> not(String message) {
    return Future.succeededFuture(new Asked.Not(new Issuance.Malformed(message)));
  }

  private Future<Asked> wait(
      Authentication.Accepted caller, LeaseRequest wanted, Leases.Wish.Given given, Once once) {
    AccessRequest request = request(caller, wanted.lasting(given.ttl()), given, false);
    return store.transaction(
        handle -> {
          if (store.waiting(handle, caller.principal().id(), actsFor(caller), clock.instant())
              >= MOST_OPEN) {
            return new Asked.TooMany(
                MOST_OPEN
                    + " access requests of yours wait already. Withdraw what you don't need"
                    + typed(caller, ": “ephemeris requests” lists them")
                    + ".");
          }
          if (!once.isFirst(handle, made(request).encode())) {
            return new Asked.Not(Leases.beingAsked());
          }
          record(caller, request, given);
          store.insert(handle, request);
          notices.tell(handle, request.channels(), new Notice.AccessRequested(request));
          return new Asked.Waiting(request);
        });
  }

  private static JsonObject made(AccessRequest request) {
    return new JsonObject().put("accessRequest", request.id());
  }

  private Future<Asked> breakGlass(
      Authentication.Accepted caller,
      String from,
      LeaseRequest wanted,
      Leases.Wish.Given given,
      Once once) {
    if (!isPerson(caller)) {
      return not(
          "Breaking the glass is for people, by a session of their own; ask others without it.");
    }
    Optional<Duration> most = given.terms().breakGlass();
    if (most.isEmpty()) {
      return not(
          "Rule “"
              + given.rule()
              + "” lets nobody have it before others agree. Ask without breaking the glass.");
    }
    if (wanted.lane() == Lane.TOKEN) {
      return not(
          "Nobody can take back a resource token, whatever those say who look at it afterwards. Use"
              + " the lane proxy.");
    }
    Duration usual = given.ttl().compareTo(most.get()) < 0 ? given.ttl() : most.get();
    Duration ttl = wanted.ttl().orElse(usual);
    if (ttl.compareTo(most.get()) > 0) {
      return not(
          "Rule “"
              + given.rule()
              + "” gives at most "
              + Ttl.words(most.get())
              + " to whoever breaks the glass, and "
              + Ttl.words(ttl)
              + " were asked for.");
    }
    AccessRequest request = request(caller, wanted.lasting(ttl), given, true);
    AtomicBoolean isTakenOver = new AtomicBoolean();
    return leases
        .issue(
            caller,
            from,
            request.wanted(),
            Optional.of(agreed(request)),
            (handle, lease) -> {
              if (store.unreviewed(handle, caller.principal().id()) > 0) {
                return false;
              }
              if (!once.isFirst(handle, made(request).put("lease", lease.id().value()).encode())) {
                isTakenOver.set(true);
                return false;
              }
              AccessRequest broken =
                  request.pickedUp(new AccessRequest.PickedUp(lease.id(), now()));
              record(caller, broken, given);
              recordPickUp(broken, lease);
              store.insert(handle, broken);
              notices.tell(handle, broken.channels(), new Notice.GlassBroken(broken, lease));
              return true;
            })
        .map(
            issuance -> {
              if (isTakenOver.get()) {
                return new Asked.Not(Leases.beingAsked());
              }
              return issuance instanceof Issuance.Taken
                  ? new Asked.TooMany(
                      "Nobody has looked yet at the glass that you broke before. Ask without"
                          + " breaking it, or have an approver look: “ephemeris requests” shows"
                          + " it.")
                  : new Asked.GlassBroken(request, issuance);
            });
  }

  private static Leases.Agreed agreed(AccessRequest request) {
    return new Leases.Agreed(new Approved(request.id(), request.approvals()), request.actions());
  }

  private AccessRequest request(
      Authentication.Accepted caller,
      LeaseRequest wanted,
      Leases.Wish.Given given,
      boolean glassBroken) {
    return new AccessRequest(
        "ar-" + RandomText.base32(ID_LENGTH),
        Identity.of(caller.principal()),
        caller.actsFor().map(whom -> ActedFor.of(whom.principal())),
        Stream.concat(
                caller.principal().user().stream(),
                caller.actsFor().flatMap(whom -> whom.principal().user()).stream())
            .collect(Collectors.toUnmodifiableSet()),
        wanted,
        given.role().actions(),
        owners(caller),
        given.rule(),
        given.terms().approvals(),
        given.terms().channels(),
        glassBroken,
        now(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        0);
  }

  private static Set<String> owners(Authentication.Accepted caller) {
    return Stream.concat(Stream.of(caller), caller.actsFor().stream())
        .flatMap(each -> each.principal().component().stream())
        .flatMap(component -> component.owners().stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  // --- looking -----------------------------------------------------------------------------------

  /**
   * One's own, and those of agents that act for them; of an agent that acts for somebody, those
   * that it made for them. The newest first.
   */
  public Future<Page<AccessRequest>> of(Authentication.Accepted caller, PageWanted wanted) {
    PrincipalId who = caller.principal().id();
    return store.transaction(
        handle ->
            actsFor(caller)
                .map(whom -> store.of(handle, who, whom, wanted))
                .orElseGet(() -> store.of(handle, who, wanted)));
  }

  /** Whether it is theirs to see and to take back. */
  private static boolean isTheirs(Authentication.Accepted caller, AccessRequest request) {
    return caller.actsFor().isEmpty()
        ? request.concerns(caller.principal().id())
        : isAskedBy(caller, request);
  }

  private static boolean isPerson(Authentication.Accepted caller) {
    return caller.principal().kind() == PrincipalKind.PERSON && caller.actsFor().isEmpty();
  }

  /** Those that this one may answer now; the newest first. */
  public Future<Page<AccessRequest>> toAnswer(Authentication.Accepted caller, PageWanted wanted) {
    return !isPerson(caller) || caller.principal().groups().isEmpty()
        ? Future.succeededFuture(Page.none())
        : toAnswer(caller, wanted, new PageWanted(wanted.after(), LOOKED_THROUGH), List.of());
  }

  /**
   * Those that go on are looked through until there are enough: where the page ends is told by the
   * last that is shown, never by one that is none of their business.
   *
   * @param found so far
   */
  private Future<Page<AccessRequest>> toAnswer(
      Authentication.Accepted caller,
      PageWanted wanted,
      PageWanted looking,
      List<AccessRequest> found) {
    Instant now = clock.instant();
    return store
        .transaction(handle -> store.open(handle, now, looking))
        .compose(
            open -> {
              List<AccessRequest> all =
                  Stream.concat(
                          found.stream(),
                          open.entries().stream()
                              .filter(request -> request.state(now) != AccessRequest.State.APPROVED)
                              .filter(
                                  request -> standing(caller, request) instanceof Standing.Approver)
                              .filter(request -> !hasAnswered(caller, request)))
                      .toList();
              if (all.size() > wanted.most()) {
                List<AccessRequest> shown = all.subList(0, wanted.most());
                AccessRequest last = shown.getLast();
                return Future.succeededFuture(
                    new Page<>(shown, Optional.of(new Position(last.askedAt(), last.id()))));
              }
              return open.next()
                  .map(seen -> toAnswer(caller, wanted, looking.after(seen), all))
                  .orElseGet(() -> Future.succeededFuture(new Page<>(all, Optional.empty())));
            });
  }

  /** One of theirs, or one that they may answer or could have. */
  public Future<Optional<AccessRequest>> find(Authentication.Accepted caller, String id) {
    return store.transaction(handle -> find(handle, caller, id));
  }

  private Optional<AccessRequest> find(Handle handle, Authentication.Accepted caller, String id) {
    return store
        .find(handle, id)
        .filter(
            request ->
                isTheirs(caller, request)
                    || standing(caller, request) instanceof Standing.Approver
                    || hasAnswered(caller, request));
  }

  /** The requester as people know them. */
  public String requester(AccessRequest request) {
    return grants.describe(request.requester(), request.actsFor()).replaceFirst(",$", "");
  }

  private static boolean hasAnswered(Authentication.Accepted caller, AccessRequest request) {
    return isPerson(caller)
        && request.answers().stream()
            .anyMatch(answer -> answer.isBy(caller.principal().id(), caller.principal().user()));
  }

  // --- answering ---------------------------------------------------------------------------------

  /** What somebody is to a request. */
  private sealed interface Standing {

    /**
     * They may answer it.
     *
     * @param groups of those that may, theirs
     * @param owner whether what asks is theirs
     */
    record Approver(Set<GroupRef> groups, boolean owner) implements Standing {}

    record Nobody(String why) implements Standing {}
  }

  private Standing standing(Authentication.Accepted caller, AccessRequest request) {
    Principal approver = caller.principal();
    if (!isPerson(caller)) {
      return new Standing.Nobody("People answer access requests, each by a session of their own.");
    }
    Grants.Edition edition = grants.now();
    if (isRequester(edition, approver, request)) {
      return new Standing.Nobody("It is your own: others are to agree, by whatever you sign in.");
    }
    Set<GroupRef> groups =
        request.approvals().stream()
            .flatMap(approval -> approval.from().stream())
            .filter(approver.groups()::contains)
            .collect(Collectors.toUnmodifiableSet());
    return groups.isEmpty()
        ? new Standing.Nobody(
            "It is for "
                + request.approvals().stream()
                    .map(Approval::toString)
                    .sorted()
                    .collect(Collectors.joining(" and "))
                + ", and you are in none of these groups.")
        : new Standing.Approver(groups, isOwner(edition, approver, request));
  }

  /** Whoever is the same human as the one who asks, or as the one for whom an agent does. */
  private static boolean isRequester(
      Grants.Edition edition, Principal approver, AccessRequest request) {
    return request.concerns(approver.id())
        || approver
            .user()
            .filter(
                user ->
                    request.humans().contains(user)
                        || requester(edition, request).user().equals(approver.user())
                        || request
                            .actsFor()
                            .flatMap(whom -> edition.principal(whom).user())
                            .equals(approver.user()))
            .isPresent();
  }

  private static Principal requester(Grants.Edition edition, AccessRequest request) {
    Identity who = request.requester();
    return edition.principal(who.id(), who.kind(), "", who.claims());
  }

  /** Whether the workload that asks is theirs, or the one for which an agent does. */
  private static boolean isOwner(
      Grants.Edition edition, Principal approver, AccessRequest request) {
    Set<String> owners =
        Stream.concat(
                request.owners().stream(),
                Stream.concat(
                        Stream.of(requester(edition, request)),
                        request.actsFor().map(edition::principal).stream())
                    .flatMap(each -> each.component().stream())
                    .flatMap(component -> component.owners().stream()))
            .collect(Collectors.toUnmodifiableSet());
    return approver.user().map(UserRef::toString).filter(owners::contains).isPresent()
        || approver.groups().stream().map(GroupRef::toString).anyMatch(owners::contains);
  }

  /**
   * Agrees, to all of it or to less.
   *
   * @param asSeen whether it is what they decide on
   */
  public Future<Changed> approve(
      Authentication.Accepted caller,
      String id,
      AccessAnswer.Narrowed narrowed,
      Optional<String> comment,
      Predicate<AccessRequest> asSeen) {
    return answer(
        caller,
        id,
        AccessAnswer.Verdict.APPROVED,
        Set.of(AccessRequest.State.WAITING),
        narrowed,
        comment,
        asSeen);
  }

  /**
   * Says no, which nobody else can undo. Also to what others have agreed to already.
   *
   * @param asSeen whether it is what they decide on
   */
  public Future<Changed> deny(
      Authentication.Accepted caller,
      String id,
      Optional<String> comment,
      Predicate<AccessRequest> asSeen) {
    return answer(
        caller,
        id,
        AccessAnswer.Verdict.DENIED,
        Set.of(AccessRequest.State.WAITING, AccessRequest.State.APPROVED),
        AccessAnswer.Narrowed.NOT,
        comment,
        asSeen);
  }

  /**
   * Says of a glass that was broken whether there was reason to. If there wasn't, its lease ends.
   *
   * @param asSeen whether it is what they decide on
   */
  public Future<Changed> review(
      Authentication.Accepted caller,
      String id,
      boolean justified,
      Optional<String> comment,
      Predicate<AccessRequest> asSeen) {
    AccessAnswer.Verdict verdict =
        justified ? AccessAnswer.Verdict.JUSTIFIED : AccessAnswer.Verdict.UNJUSTIFIED;
    Set<AccessRequest.State> possible = Set.of(AccessRequest.State.UNREVIEWED);
    Future<Boolean> ended =
        justified
            ? Future.succeededFuture(false)
            : store
                .transaction(handle -> store.find(handle, id))
                .compose(
                    found ->
                        found
                            .filter(request -> possible.contains(request.state(clock.instant())))
                            .filter(
                                request -> standing(caller, request) instanceof Standing.Approver)
                            .filter(asSeen)
                            .flatMap(AccessRequest::pickedUp)
                            // First: what is said of a lease that goes on nobody would say again.
                            .map(lease -> leases.revokeAny(lease.lease(), caller.principal().id()))
                            .orElseGet(() -> Future.succeededFuture(false)));
    return ended.compose(
        done -> answer(caller, id, verdict, possible, AccessAnswer.Narrowed.NOT, comment, asSeen));
  }

  private Future<Changed> answer(
      Authentication.Accepted caller,
      String id,
      AccessAnswer.Verdict verdict,
      Set<AccessRequest.State> possible,
      AccessAnswer.Narrowed narrowed,
      Optional<String> comment,
      Predicate<AccessRequest> asSeen) {
    Principal approver = caller.principal();
    return change(
        caller,
        id,
        (request, now) -> {
          Standing.Approver as;
          switch (standing(caller, request)) {
            case Standing.Nobody(String why) -> {
              return new Changed.NotTheirs(why);
            }
            case Standing.Approver theirs -> as = theirs;
          }
          if (!asSeen.test(request)) {
            return notAsSeen(request);
          }
          if (verdict.isReview() && !request.glassBroken()) {
            return new Changed.Over(
                "For access request "
                    + id
                    + " the glass wasn't broken: there is nothing to review.");
          }
          if (verdict != AccessAnswer.Verdict.DENIED && hasAnswered(caller, request)) {
            return new Changed.Over("You have answered access request " + id + " already.");
          }
          if (!possible.contains(request.state(now))) {
            return over(request, now);
          }
          AccessRequest answered;
          try {
            answered =
                request.answered(
                    new AccessAnswer(
                        approver.id(),
                        approver.user(),
                        verdict,
                        now,
                        as.groups(),
                        as.owner(),
                        narrowed,
                        comment));
          } catch (IllegalArgumentException e) {
            return new Changed.Malformed("That can't be answered so: " + e.getMessage() + ".");
          }
          journal.append(
              new JournalRecord.AccessAnswered(
                  now,
                  id,
                  caller.session().id(),
                  approver.id().toString(),
                  request.requester().id().toString(),
                  request.actsForText(),
                  verdict.code(),
                  as.groups().stream().map(GroupRef::toString).sorted().toList(),
                  narrowed.scope().map(Scope::toString),
                  narrowed.partitionKey().map(PartitionKey::header),
                  narrowed.ttl().map(Duration::toSeconds),
                  comment,
                  answered.state(now).code()));
          return new Changed.Done(answered);
        });
  }

  private static Changed notAsSeen(AccessRequest request) {
    return new Changed.NotAsSeen(
        "Access request "
            + request.id()
            + " isn't what you have read any more. Read it again, and decide on that.");
  }

  /**
   * Takes back what somebody has asked for and not picked up.
   *
   * @param asSeen whether it is what they decide on
   */
  public Future<Changed> withdraw(
      Authentication.Accepted caller, String id, Predicate<AccessRequest> asSeen) {
    return change(
        caller,
        id,
        (request, now) -> {
          if (!isTheirs(caller, request)) {
            return new Changed.NotTheirs("It is " + requester(request) + "'s; you can deny it.");
          }
          if (!asSeen.test(request)) {
            return notAsSeen(request);
          }
          if (!Set.of(AccessRequest.State.WAITING, AccessRequest.State.APPROVED)
              .contains(request.state(now))) {
            return over(request, now);
          }
          journal.append(
              new JournalRecord.AccessWithdrawn(
                  now,
                  id,
                  caller.session().id(),
                  request.requester().id().toString(),
                  request.actsForText(),
                  caller.principal().id().toString()));
          return new Changed.Done(request.withdrawn(now));
        });
  }

  private static Changed over(AccessRequest request, Instant now) {
    return new Changed.Over(
        "Access request "
            + request.id()
            + switch (request.state(now)) {
              case WAITING -> " waits for others to agree.";
              case APPROVED -> " is approved already; whoever asked can pick it up.";
              case DENIED -> " was denied.";
              case WITHDRAWN -> " was withdrawn.";
              case EXPIRED -> " expired at " + request.closesAt() + ". Ask again.";
              case PICKED_UP ->
                  " was picked up: lease " + request.pickedUp().orElseThrow().lease() + ".";
              case UNREVIEWED -> " was had at once; it is to be reviewed.";
              case REVIEWED -> " was reviewed.";
            });
  }

  /** What becomes of a request at this moment; {@link Changed.Done} is kept. */
  private interface Change {
    Changed of(AccessRequest request, Instant now) throws JournalException;
  }

  private Future<Changed> change(Authentication.Accepted caller, String id, Change change) {
    if (grants.unavailable(clock.instant()).isPresent()) {
      return Future.succeededFuture(
          new Changed.Unavailable("Nobody can tell now who is in which group. Try again later."));
    }
    return store.transaction(
        handle -> {
          Optional<AccessRequest> found = store.find(handle, id);
          if (found.isEmpty()) {
            return new Changed.NotFound();
          }
          Changed changed = change.of(found.get(), now());
          if (changed instanceof Changed.Done(AccessRequest after)) {
            store.update(handle, after);
            if (after.answers().size() > found.get().answers().size()) {
              notices.tell(
                  handle,
                  after.channels(),
                  new Notice.AccessAnswered(after, after.answers().getLast()));
            }
          }
          // Of others' requests nobody learns whether they are there.
          return changed instanceof Changed.NotTheirs && find(handle, caller, id).isEmpty()
              ? new Changed.NotFound()
              : changed;
        });
  }

  // --- picking up --------------------------------------------------------------------------------

  /**
   * Gives the lease that others have agreed to, to whoever asked for it; once. The policy is asked
   * again, and the lease begins now.
   *
   * @param from the address by which it is picked up
   * @param once whether nobody else has taken over
   */
  public Future<PickUp> pickUp(Authentication.Accepted caller, String from, String id, Once once) {
    return store
        .transaction(handle -> store.find(handle, id))
        .compose(
            found -> {
              Optional<AccessRequest> own = found.filter(request -> isAskedBy(caller, request));
              if (own.isEmpty()) {
                return Future.succeededFuture(new PickUp.Not(new Changed.NotFound()));
              }
              AccessRequest request = own.get();
              return request.state(clock.instant()) == AccessRequest.State.APPROVED
                  ? pickUp(caller, from, request, once)
                  : Future.succeededFuture(new PickUp.Not(over(request, clock.instant())));
            });
  }

  /** The same principal, acting for the same; whom an agent acts for doesn't get its leases. */
  private static boolean isAskedBy(Authentication.Accepted caller, AccessRequest request) {
    return request.isBy(caller.principal().id(), actsFor(caller));
  }

  private Future<PickUp> pickUp(
      Authentication.Accepted caller, String from, AccessRequest approved, Once once) {
    AtomicReference<Optional<AccessRequest>> taken = new AtomicReference<>(Optional.empty());
    return leases
        .issue(
            caller,
            from,
            approved.agreed(),
            Optional.of(agreed(approved)),
            (handle, lease) -> {
              Optional<AccessRequest> now =
                  store
                      .find(handle, approved.id())
                      .filter(request -> request.equals(approved))
                      .filter(
                          request -> request.state(clock.instant()) == AccessRequest.State.APPROVED)
                      .map(
                          request ->
                              request.pickedUp(new AccessRequest.PickedUp(lease.id(), now())));
              if (now.isPresent() && Leases.isFirst(once, handle, lease)) {
                recordPickUp(now.get(), lease);
                store.update(handle, now.get());
                taken.set(now);
                return true;
              }
              return false;
            })
        .compose(issuance -> pickedUp(approved, Objects.requireNonNull(taken.get()), issuance));
  }

  private Future<PickUp> pickedUp(
      AccessRequest approved, Optional<AccessRequest> taken, Issuance issuance) {
    return switch (issuance) {
      case Issuance.Issued issued -> Future.succeededFuture(new PickUp.Leased(issued));
      case Issuance.IssuedKey issued -> Future.succeededFuture(new PickUp.Leased(issued));
      case Issuance.IssuedDirect issued -> Future.succeededFuture(new PickUp.Leased(issued));
      case Issuance.Taken gone ->
          Future.succeededFuture(
              new PickUp.Not(
                  new Changed.Over(
                      "Access request "
                          + approved.id()
                          + " has changed meanwhile. Look at it again.")));
      case Issuance.Refused refused -> notLeased(taken, refused);
      case Issuance.NeedsApproval other -> notLeased(taken, other);
      case Issuance.Busy busy -> notLeased(taken, busy);
      case Issuance.KeptOut keptOut -> notLeased(taken, keptOut);
      case Issuance.Malformed malformed -> notLeased(taken, malformed);
    };
  }

  /** What the account didn't give can be picked up again. */
  private Future<PickUp> notLeased(Optional<AccessRequest> taken, Issuance issuance) {
    PickUp answer = new PickUp.Leased(issuance);
    return taken.isEmpty()
        ? Future.succeededFuture(answer)
        : store.transaction(
            handle -> {
              if (store.find(handle, taken.get().id()).equals(taken)) {
                store.update(handle, taken.get().notPickedUp());
              }
              return answer;
            });
  }

  // --- on record ---------------------------------------------------------------------------------

  private void record(
      Authentication.Accepted caller, AccessRequest request, Leases.Wish.Given given)
      throws JournalException {
    LeaseRequest wanted = request.wanted();
    journal.append(
        new JournalRecord.AccessRequested(
            request.askedAt(),
            request.id(),
            caller.session().id(),
            request.requester().id().toString(),
            request.actsForText(),
            wanted.scope().toString(),
            wanted.partitionKey().map(PartitionKey::header),
            wanted.role().value(),
            LeasePolicy.shortNames(given.role().actions()),
            wanted.lane().name().toLowerCase(Locale.ROOT),
            request.rule().value(),
            request.approvals().stream().map(Approval::toString).sorted().toList(),
            wanted.ttl().orElseThrow().toSeconds(),
            wanted.reason().orElseThrow(),
            wanted.ticket(),
            request.glassBroken()));
  }

  private void recordPickUp(AccessRequest request, Lease lease) throws JournalException {
    journal.append(
        new JournalRecord.AccessPickedUp(
            request.pickedUp().orElseThrow().at(),
            request.id(),
            lease.sessionId(),
            lease.principal().toString(),
            lease.actsForText(),
            lease.id().value(),
            request.answers().stream().map(answer -> answer.by().toString()).toList()));
  }

  /** What is kept of them in the store. */
  public SealedRows rows() {
    return store.rows();
  }

  /** As the store has it. */
  private Instant now() {
    return Database.kept(clock.instant());
  }
}
