package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.NewestFirst;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Sign-ins, each kept as one session however many tokens it brings. A session ends, whatever its
 * tokens say, when it has gone on for as long as the configuration says, or before that if somebody
 * ends it.
 *
 * <p>Thread-safe.
 */
public final class Sessions {

  /**
   * How long it matters that something was signed out at an issuer: no token is good for longer.
   */
  private static final Duration SIGNED_OUT_MATTERS = Duration.ofDays(30);

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final NewestFirst NEWEST_FIRST = new NewestFirst("session", "started_at");

  private final Database database;
  private final Journal journal;
  private final Duration longest;

  /** When those were ended whose tokens may be remembered as accepted. */
  private final Cache<String, Instant> ended =
      Caffeine.newBuilder().expireAfterWrite(BearerTokens.REMEMBERED.multipliedBy(2)).build();

  private final List<Consumer<Session>> whenEnded = new CopyOnWriteArrayList<>();

  /**
   * @param longest how long a session goes on
   */
  public Sessions(Database database, Journal journal, Duration longest) {
    this.database = database;
    this.journal = journal;
    this.longest = longest;
  }

  /** What there is for a token. */
  sealed interface Found {

    /** The session that its sign-in has, or a new one. */
    record Open(Session session) implements Found {}

    /** Its sign-in was ended at this time. */
    record Ended(Instant at) implements Found {}

    record Blocked(Block by) implements Found {}
  }

  /**
   * The session of a token: the one that its sign-in has, or a new one, recorded.
   *
   * @param block what keeps its holder from any, as of the moment when it is asked
   */
  Future<Found> of(
      VerifiedToken token,
      String rawToken,
      String address,
      Instant now,
      Supplier<Optional<Block>> block) {
    return database.transaction(handle -> of(handle, token, rawToken, address, now, block));
  }

  /** The same, in the caller's transaction. */
  Found of(
      Handle handle,
      VerifiedToken token,
      String rawToken,
      String address,
      Instant now,
      Supplier<Optional<Block>> block)
      throws JournalException {
    Optional<Block> by = block.get();
    if (by.isPresent()) {
      return new Found.Blocked(by.get());
    }
    // The issuer may go on with its own session; here it is another.
    Latest latest = latest(handle, signIn(token, rawToken), token.kind(), token.signedInAt(), now);
    if (latest.session().isPresent()) {
      return found(latest.session().get());
    }
    Optional<Instant> signedOut = signedOutAt(handle, token);
    if (signedOut.isPresent()) {
      return new Found.Ended(signedOut.get());
    }
    Session opened =
        new Session(
            newId(),
            token.principal(),
            token.kind(),
            token.client(),
            address,
            Database.kept(now),
            Database.kept(now.plus(longest)),
            Optional.empty(),
            token.claims());
    insert(handle, latest.signIn(), token.atIssuer(), opened);
    record(opened);
    return new Found.Open(opened);
  }

  /**
   * The session in which an agent acts for somebody, one for each sign-in of the one with each of
   * the other: the one that they have, or a new one, recorded. It ends when either's does.
   *
   * @param own the agent's own token
   * @param whom the token of whom it acts for
   * @param block what keeps either from any, as of the moment when it is asked
   */
  Future<Found> acting(
      Authentication.Accepted own,
      Authentication.Accepted whom,
      String address,
      Instant now,
      Supplier<Optional<Block>> block) {
    Session opened =
        new Session(
            newId(),
            own.principal().id(),
            PrincipalKind.AGENT,
            own.client(),
            address,
            Database.kept(now),
            Stream.of(
                    Database.kept(now.plus(longest)),
                    own.session().endsAt(),
                    whom.session().endsAt())
                .min(Comparator.naturalOrder())
                .orElseThrow(),
            Optional.empty(),
            own.principal().claims(),
            Optional.of(
                new Session.ActsFor(
                    whom.principal().id(),
                    whom.principal().kind(),
                    whom.principal().claims(),
                    whom.client(),
                    whom.session().id(),
                    own.session().id())));
    String signIn = Digest.of("acting", own.session().id(), whom.session().id());
    return database.transaction(
        handle ->
            acting(
                handle,
                opened,
                List.of(own.session(), whom.session()),
                whom.signedInAt(),
                signIn,
                block));
  }

  /**
   * The session in which a client acts for whom it has a token of, in the caller's transaction. It
   * ends with theirs.
   *
   * @param client by which they have the token
   * @param signedInAt when they last proved who they are, if that is known
   * @param signIn what it is known by; a client that has begun another has another
   * @param block what keeps either from any, as of the moment when it is asked
   */
  Found ofClient(
      Handle handle,
      PrincipalId client,
      Session whom,
      Optional<Instant> signedInAt,
      String signIn,
      String address,
      Instant now,
      Supplier<Optional<Block>> block)
      throws JournalException {
    Session opened =
        new Session(
            newId(),
            client,
            PrincipalKind.AGENT,
            client.subject(),
            address,
            Database.kept(now),
            whom.endsAt(),
            Optional.empty(),
            Map.of(),
            Optional.of(
                new Session.ActsFor(
                    whom.principal(),
                    whom.kind(),
                    whom.claims(),
                    whom.client(),
                    whom.id(),
                    whom.id())));
    return acting(
        handle, opened, List.of(whom), signedInAt, Digest.of("client", whom.id(), signIn), block);
  }

  /** The same, in a transaction of its own. */
  Future<Found> ofClient(
      PrincipalId client,
      Session whom,
      Optional<Instant> signedInAt,
      String signIn,
      String address,
      Instant now,
      Supplier<Optional<Block>> block) {
    return database.transaction(
        handle -> ofClient(handle, client, whom, signedInAt, signIn, address, now, block));
  }

  private Found acting(
      Handle handle,
      Session opened,
      List<Session> endsWith,
      Optional<Instant> signedInAt,
      String signIn,
      Supplier<Optional<Block>> block)
      throws JournalException {
    Optional<Block> by = block.get();
    if (by.isPresent()) {
      return new Found.Blocked(by.get());
    }
    for (Session theirs : endsWith) {
      Optional<Instant> end = find(handle, theirs.id()).flatMap(Session::endedAt);
      if (end.isPresent()) {
        return new Found.Ended(end.get());
      }
    }
    // Whom it acts for may have signed in anew, in what is one session still.
    Latest latest =
        latest(
            handle, signIn, opened.actsFor().orElseThrow().kind(), signedInAt, opened.startedAt());
    if (latest.session().isPresent()) {
      return found(latest.session().get());
    }
    // It ends with no issuer's session but by theirs here.
    insert(handle, latest.signIn(), AtIssuer.NOWHERE, opened);
    record(opened);
    return new Found.Open(opened);
  }

  /**
   * The last session of a sign-in.
   *
   * @param signIn what it is known by, or the next would be
   * @param session empty if there is none, or somebody has signed in since it ended
   */
  private record Latest(String signIn, Optional<Session> session) {}

  private static Latest latest(
      Handle handle, String signIn, PrincipalKind kind, Optional<Instant> signedInAt, Instant now) {
    String latest = signIn;
    Optional<Session> known = ofSignIn(handle, latest);
    while (known.isPresent() && signedInAfter(kind, signedInAt, known.get(), now)) {
      latest = Digest.of("after", latest);
      known = ofSignIn(handle, latest);
    }
    return new Latest(latest, known);
  }

  private static Found found(Session known) {
    return known.endedAt().<Found>map(Found.Ended::new).orElse(new Found.Open(known));
  }

  private static boolean signedInAfter(
      PrincipalKind kind, Optional<Instant> signedInAt, Session session, Instant now) {
    Instant end = session.endedAt().orElse(session.endsAt());
    return session.state(now) != Session.State.ACTIVE
        && kind == PrincipalKind.PERSON
        && signedInAt.filter(end::isBefore).isPresent();
  }

  private static Optional<Session> ofSignIn(Handle handle, String signIn) {
    return handle
        .createQuery("SELECT * FROM session WHERE sign_in = :signIn")
        .bind("signIn", signIn)
        .map((row, context) -> session(row))
        .findOne();
  }

  private static void insert(Handle handle, String signIn, AtIssuer atIssuer, Session session) {
    handle
        .createUpdate(
            """
            INSERT INTO session (id, sign_in, issuer, subject, kind, client, address, started_at,
              ends_at, claims, issuer_subject, issuer_session, acts_for_issuer, acts_for_subject,
              acts_for_kind, acts_for_claims, acts_for_client, acts_for_session, own_session)
            VALUES (:id, :signIn, :issuer, :subject, :kind, :client, :address, :startedAt,
              :endsAt, :claims, :issuerSubject, :issuerSession, :actsForIssuer, :actsForSubject,
              :actsForKind, :actsForClaims, :actsForClient, :actsForSession, :ownSession)\
            """)
        .bind("id", session.id())
        .bind("signIn", signIn)
        .bind("issuer", session.principal().issuer())
        .bind("subject", session.principal().subject())
        .bind("kind", session.kind().name())
        .bind("client", session.client())
        .bind("address", session.address())
        .bind("startedAt", Database.micros(session.startedAt()))
        .bind("endsAt", Database.micros(session.endsAt()))
        .bind("claims", json(session.claims()))
        .bind("issuerSubject", ofSubject(session.principal().issuer(), atIssuer.subject()))
        .bind("issuerSession", ofSession(session.principal().issuer(), atIssuer.session()))
        .bind("actsForIssuer", session.actsFor().map(whom -> whom.principal().issuer()))
        .bind("actsForSubject", session.actsFor().map(whom -> whom.principal().subject()))
        .bind("actsForKind", session.actsFor().map(whom -> whom.kind().name()))
        .bind("actsForClaims", session.actsFor().map(whom -> json(whom.claims())))
        .bind("actsForClient", session.actsFor().map(Session.ActsFor::client))
        .bind("actsForSession", session.actsFor().map(Session.ActsFor::sessionId))
        .bind("ownSession", session.actsFor().map(Session.ActsFor::ownSessionId))
        .execute();
  }

  // --- what is signed out at an issuer -----------------------------------------------------------

  private static @Nullable String ofSubject(String issuer, Optional<String> subject) {
    return subject.map(sub -> Digest.of("sub", issuer, sub)).orElse(null);
  }

  private static @Nullable String ofSession(String issuer, Optional<String> session) {
    return session.map(sid -> Digest.of("sid", issuer, sid)).orElse(null);
  }

  /** When it was that the issuer told that this is over, if it did. */
  private static Optional<Instant> signedOutAt(Handle handle, VerifiedToken token) {
    String issuer = token.principal().issuer();
    AtIssuer there = token.atIssuer();
    return signedOutAt(handle, ofSession(issuer, there.session()))
        .or(() -> signedOutAt(handle, ofSubject(issuer, there.subject())).filter(there::isBefore))
        .or(
            () ->
                // Which of theirs it is of isn't known.
                there.session().isPresent()
                    ? Optional.empty()
                    : signedOutAt(handle, ofOneOf(issuer, there.subject()))
                        .filter(there::isBefore));
  }

  /** One of a subject's sign-ins, whichever. */
  private static @Nullable String ofOneOf(String issuer, Optional<String> subject) {
    return subject.map(sub -> Digest.of("one of sub", issuer, sub)).orElse(null);
  }

  private static Optional<Instant> signedOutAt(Handle handle, @Nullable String what) {
    return handle
        .createQuery("SELECT at FROM signed_out WHERE what = :what")
        .bind("what", what)
        .map((row, context) -> Database.instant(row.getLong("at")))
        .findOne();
  }

  /**
   * Keeps that something is signed out at its issuer, in the caller's transaction: no token from
   * before begins a session any more.
   *
   * @return the sessions that go on, and must not
   */
  public List<Session> signedOut(Handle handle, String issuer, LogoutToken said, Instant now) {
    String session = ofSession(issuer, said.session());
    String subject = ofSubject(issuer, said.subject());
    handle
        .createUpdate("DELETE FROM signed_out WHERE at < :old")
        .bind("old", Database.micros(now.minus(SIGNED_OUT_MATTERS)))
        .execute();
    Stream.of(
            Optional.ofNullable(session),
            Optional.ofNullable(session == null ? subject : ofOneOf(issuer, said.subject())))
        .flatMap(Optional::stream)
        .forEach(
            what ->
                handle
                    .createUpdate(
                        """
                        INSERT INTO signed_out (what, at) VALUES (:what, :at)
                        ON CONFLICT (what) DO UPDATE SET at = excluded.at\
                        """)
                    .bind("what", what)
                    .bind("at", Database.micros(now))
                    .execute());
    return handle
        .createQuery(
            """
            SELECT * FROM session
            WHERE (issuer_session = :session
                OR (issuer_subject = :subject AND (:session IS NULL OR issuer_session IS NULL)))
              AND ends_at > :now AND ended_at IS NULL\
            """)
        .bind("session", session)
        .bind("subject", subject)
        .bind("now", Database.micros(now))
        .map((row, context) -> session(row))
        .list();
  }

  /** When this one was ended by somebody, if it was. Asks no store. */
  Optional<Instant> endedAt(Session session) {
    return Optional.ofNullable(ended.getIfPresent(session.id()));
  }

  /** The principal's sessions, and those of agents that act for them; the newest first. */
  public Future<Page<Session>> of(PrincipalId principal, PageWanted wanted) {
    return page(
        wanted,
        new NewestFirst.Which(
            List.of(
                "issuer = :issuer AND subject = :subject",
                "acts_for_issuer = :issuer AND acts_for_subject = :subject"),
            Map.of("issuer", principal.issuer(), "subject", principal.subject())));
  }

  /** Everybody's sessions, the newest first. */
  public Future<Page<Session>> all(PageWanted wanted) {
    return page(wanted, NewestFirst.Which.ALL);
  }

  private Future<Page<Session>> page(PageWanted wanted, NewestFirst.Which which) {
    return database.transaction(
        handle -> NEWEST_FIRST.page(handle, wanted, which, row -> Optional.of(session(row))));
  }

  /** Those that go on now of agents that act for this one. */
  public Future<List<Session>> actingFor(PrincipalId whom, Instant now) {
    return database.transaction(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT * FROM session
                    WHERE acts_for_issuer = :issuer AND acts_for_subject = :subject
                      AND ends_at > :now AND ended_at IS NULL
                    ORDER BY started_at DESC\
                    """)
                .bind("issuer", whom.issuer())
                .bind("subject", whom.subject())
                .bind("now", Database.micros(now))
                .map((row, context) -> session(row))
                .list());
  }

  /** Everybody's that go on now. */
  public Future<List<Session>> active(Instant now) {
    return database.transaction(handle -> active(handle, now));
  }

  /** Everybody who is known to have signed in, each once, by what was said of them. */
  public Future<Set<Identity>> known() {
    return database.transaction(
        handle ->
            handle.createQuery("SELECT * FROM session").map((row, context) -> session(row)).stream()
                .map(session -> new Identity(session.principal(), session.kind(), session.claims()))
                .collect(Collectors.toUnmodifiableSet()));
  }

  /** The one of this id, in the caller's transaction. */
  public Optional<Session> find(Handle handle, String id) {
    return handle
        .createQuery("SELECT * FROM session WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> session(row))
        .findOne();
  }

  /**
   * Those that go on now of agents that act in it: with its tokens, or for whose session it is. In
   * the caller's transaction.
   */
  public List<Session> actingIn(Handle handle, String id, Instant now) {
    return handle
        .createQuery(
            """
            SELECT * FROM session WHERE (acts_for_session = :id OR own_session = :id)
              AND ends_at > :now AND ended_at IS NULL\
            """)
        .bind("id", id)
        .bind("now", Database.micros(now))
        .map((row, context) -> session(row))
        .list();
  }

  /** Those that go on now, in the caller's transaction. */
  public List<Session> active(Handle handle, Instant now) {
    return handle
        .createQuery("SELECT * FROM session WHERE ends_at > :now AND ended_at IS NULL")
        .bind("now", Database.micros(now))
        .map((row, context) -> session(row))
        .list();
  }

  /**
   * Writes that one has ended, in the caller's transaction, and in the journal.
   *
   * @param by who ended it: a principal, or {@code issuer} and its name
   * @param blockId the block with which it was ended, if it was
   */
  public void end(Handle handle, Session session, Instant now, String by, Optional<String> blockId)
      throws JournalException {
    handle
        .createUpdate(
            "UPDATE session SET ended_at = :at, ended_by = :by WHERE id = :id AND ended_at IS NULL")
        .bind("id", session.id())
        .bind("at", Database.micros(now))
        .bind("by", by)
        .execute();
    // Nothing that is shown for it can be made good again.
    handle
        .createUpdate("DELETE FROM session_token WHERE session_id = :id")
        .bind("id", session.id())
        .execute();
    journal.append(
        new JournalRecord.SessionEnded(
            now,
            session.id(),
            session.principal().toString(),
            session.actsFor().map(whom -> whom.principal().toString()),
            by,
            blockId));
  }

  /** Has remembered tokens of a session refused that has ended, and those told who want to know. */
  public void forget(Session session, Instant at) {
    ended.put(session.id(), at);
    whenEnded.forEach(each -> each.accept(session));
  }

  /** Tells of each session that is ended from here on, on the thread that ends it. */
  public void whenEnded(Consumer<Session> told) {
    whenEnded.add(told);
  }

  private static String newId() {
    byte[] random = new byte[10];
    RANDOM.nextBytes(random);
    return "s-" + HexFormat.of().formatHex(random);
  }

  /** In the transaction: a session that isn't in the journal isn't in the store either. */
  private void record(Session session) throws JournalException {
    journal.append(
        new JournalRecord.SessionStarted(
            session.startedAt(),
            session.id(),
            session.principal().toString(),
            session.actsFor().map(whom -> whom.principal().toString()),
            session.kind().name().toLowerCase(Locale.ROOT),
            session.client(),
            session.address(),
            session.endsAt()));
  }

  private static Session session(ResultSet row) throws SQLException {
    long endedAt = row.getLong("ended_at");
    boolean ended = !row.wasNull();
    return new Session(
        row.getString("id"),
        new PrincipalId(row.getString("issuer"), row.getString("subject")),
        kind(row.getString("kind")),
        row.getString("client"),
        row.getString("address"),
        Database.instant(row.getLong("started_at")),
        Database.instant(row.getLong("ends_at")),
        ended ? Optional.of(Database.instant(endedAt)) : Optional.empty(),
        claims(row.getString("claims")),
        actsFor(row));
  }

  private static Optional<Session.ActsFor> actsFor(ResultSet row) throws SQLException {
    return row.getString("acts_for_subject") == null
        ? Optional.empty()
        : Optional.of(
            new Session.ActsFor(
                new PrincipalId(
                    row.getString("acts_for_issuer"), row.getString("acts_for_subject")),
                kind(row.getString("acts_for_kind")),
                claims(row.getString("acts_for_claims")),
                row.getString("acts_for_client"),
                row.getString("acts_for_session"),
                row.getString("own_session")));
  }

  private static String json(Map<String, String> claims) {
    return new JsonObject(new TreeMap<String, Object>(claims)).encode();
  }

  /** The row isn't sealed: what somebody has made of it mustn't keep others' from being ended. */
  private static Map<String, String> claims(@Nullable String json) {
    Map<String, String> claims = new HashMap<>();
    StrictJson.object(json == null ? "{}" : json)
        .ifPresent(
            read ->
                read.forEach(
                    claim -> {
                      if (claim.getValue() instanceof String text) {
                        claims.put(claim.getKey(), text);
                      }
                    }));
    return claims;
  }

  /** One that somebody has changed in the store mustn't keep others' from being ended. */
  private static PrincipalKind kind(String column) {
    return Arrays.stream(PrincipalKind.values())
        .filter(kind -> kind.name().equals(column))
        .findFirst()
        .orElse(PrincipalKind.WORKLOAD);
  }

  private static String signIn(VerifiedToken token, String rawToken) {
    String identity = token.signIn().isEmpty() ? "token:" + rawToken : token.signIn();
    return Digest.of(token.principal().issuer(), token.principal().subject(), identity);
  }
}
