package dev.ephemeris.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * Sign-ins, each kept as one session however many tokens it brings. A session ends twelve hours
 * after it began, whatever its tokens say, or before that if somebody ends it.
 *
 * <p>Thread-safe.
 */
public final class Sessions {

  static final Duration LONGEST = Duration.ofHours(12);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int MAX_LISTED = 200;

  private final Database database;
  private final Journal journal;

  /** When those were ended whose tokens may be remembered as accepted. */
  private final Cache<String, Instant> ended =
      Caffeine.newBuilder().expireAfterWrite(BearerTokens.REMEMBERED.multipliedBy(2)).build();

  public Sessions(Database database, Journal journal) {
    this.database = database;
    this.journal = journal;
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
    Session opened =
        new Session(
            newId(),
            token.principal(),
            token.kind(),
            token.client(),
            address,
            Database.kept(now),
            Database.kept(now.plus(LONGEST)),
            Optional.empty());
    return database.transaction(
        handle -> {
          Optional<Block> by = block.get();
          if (by.isPresent()) {
            return new Found.Blocked(by.get());
          }
          String signIn = signIn(token, rawToken);
          Optional<Session> known = ofSignIn(handle, signIn);
          while (known.isPresent() && signedInAfter(token, known.get(), now)) {
            // The issuer goes on with its own session; here it is another.
            signIn = digest("after", signIn);
            known = ofSignIn(handle, signIn);
          }
          if (known.isPresent()) {
            return known
                .get()
                .endedAt()
                .<Found>map(Found.Ended::new)
                .orElse(new Found.Open(known.get()));
          }
          insert(handle, signIn, opened);
          record(opened);
          return new Found.Open(opened);
        });
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
                    Database.kept(now.plus(LONGEST)),
                    own.session().endsAt(),
                    whom.session().endsAt())
                .min(Comparator.naturalOrder())
                .orElseThrow(),
            Optional.empty(),
            Optional.of(
                new Session.ActsFor(
                    whom.principal().id(),
                    whom.principal().kind(),
                    whom.client(),
                    whom.session().id(),
                    own.session().id())));
    return database.transaction(
        handle -> {
          Optional<Block> by = block.get();
          if (by.isPresent()) {
            return new Found.Blocked(by.get());
          }
          for (Session theirs : List.of(own.session(), whom.session())) {
            Optional<Instant> end = find(handle, theirs.id()).flatMap(Session::endedAt);
            if (end.isPresent()) {
              return new Found.Ended(end.get());
            }
          }
          String signIn = digest("acting", own.session().id(), whom.session().id());
          Optional<Session> known = ofSignIn(handle, signIn);
          if (known.isPresent()) {
            return known
                .get()
                .endedAt()
                .<Found>map(Found.Ended::new)
                .orElse(new Found.Open(known.get()));
          }
          insert(handle, signIn, opened);
          record(opened);
          return new Found.Open(opened);
        });
  }

  private static boolean signedInAfter(VerifiedToken token, Session session, Instant now) {
    Instant end = session.endedAt().orElse(session.endsAt());
    return session.state(now) != Session.State.ACTIVE
        && token.kind() == PrincipalKind.PERSON
        && token.signedInAt().filter(end::isBefore).isPresent();
  }

  private static Optional<Session> ofSignIn(Handle handle, String signIn) {
    return handle
        .createQuery("SELECT * FROM session WHERE sign_in = :signIn")
        .bind("signIn", signIn)
        .map((row, context) -> session(row))
        .findOne();
  }

  private static void insert(Handle handle, String signIn, Session session) {
    handle
        .createUpdate(
            """
            INSERT INTO session (id, sign_in, issuer, subject, kind, client, address, started_at,
              ends_at, acts_for_issuer, acts_for_subject, acts_for_kind, acts_for_client,
              acts_for_session, own_session)
            VALUES (:id, :signIn, :issuer, :subject, :kind, :client, :address, :startedAt,
              :endsAt, :actsForIssuer, :actsForSubject, :actsForKind, :actsForClient,
              :actsForSession, :ownSession)\
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
        .bind("actsForIssuer", session.actsFor().map(whom -> whom.principal().issuer()))
        .bind("actsForSubject", session.actsFor().map(whom -> whom.principal().subject()))
        .bind("actsForKind", session.actsFor().map(whom -> whom.kind().name()))
        .bind("actsForClient", session.actsFor().map(Session.ActsFor::client))
        .bind("actsForSession", session.actsFor().map(Session.ActsFor::sessionId))
        .bind("ownSession", session.actsFor().map(Session.ActsFor::ownSessionId))
        .execute();
  }

  /** When this one was ended by somebody, if it was. Asks no store. */
  Optional<Instant> endedAt(Session session) {
    return Optional.ofNullable(ended.getIfPresent(session.id()));
  }

  /**
   * The principal's sessions, and those of agents that act for them; the newest first, at most 200.
   */
  public Future<List<Session>> of(PrincipalId principal) {
    return database.transaction(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT * FROM session WHERE (issuer = :issuer AND subject = :subject)
                      OR (acts_for_issuer = :issuer AND acts_for_subject = :subject)
                    ORDER BY started_at DESC LIMIT :limit\
                    """)
                .bind("issuer", principal.issuer())
                .bind("subject", principal.subject())
                .bind("limit", MAX_LISTED)
                .map((row, context) -> session(row))
                .list());
  }

  /** Everybody's sessions, the newest first, at most 200. */
  public Future<List<Session>> all() {
    return database.transaction(
        handle ->
            handle
                .createQuery("SELECT * FROM session ORDER BY started_at DESC LIMIT :limit")
                .bind("limit", MAX_LISTED)
                .map((row, context) -> session(row))
                .list());
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
   * @param blockId the block with which it was ended, if it was
   */
  public void end(
      Handle handle, Session session, Instant now, PrincipalId by, Optional<String> blockId)
      throws JournalException {
    handle
        .createUpdate(
            "UPDATE session SET ended_at = :at, ended_by = :by WHERE id = :id AND ended_at IS NULL")
        .bind("id", session.id())
        .bind("at", Database.micros(now))
        .bind("by", by.toString())
        .execute();
    journal.append(
        new JournalRecord.SessionEnded(
            now,
            session.id(),
            session.principal().toString(),
            session.actsFor().map(whom -> whom.principal().toString()),
            by.toString(),
            blockId));
  }

  /** Has remembered tokens of a session refused that has ended. */
  public void forget(Session session, Instant at) {
    ended.put(session.id(), at);
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
                row.getString("acts_for_client"),
                row.getString("acts_for_session"),
                row.getString("own_session")));
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
    return digest(token.principal().issuer(), token.principal().subject(), identity);
  }

  /** A digest over parts with their lengths, so that no two collide by spelling. */
  private static String digest(String... parts) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    for (String part : parts) {
      byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
      sha256.update((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
      sha256.update(utf8);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }
}
