package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's own tokens, for whom an issuer vouched to it: 256 random bits, of which it keeps a
 * digest, with a MAC. Each is of a session, and ends with it at the latest.
 *
 * <p>Thread-safe.
 */
public final class SessionTokens {

  private static final Logger LOG = LoggerFactory.getLogger(SessionTokens.class);

  /** How long an access token is good: a client that is still there has a refresh token. */
  static final Duration ACCESS = Duration.ofMinutes(15);

  /** What the sessions of browsers have for a client. */
  public static final String BROWSER_CLIENT = "browser";

  /** A browser's last request is kept to within this. */
  private static final Duration TO_WITHIN = Duration.ofMinutes(1);

  /** Random text, and the MAC of it. */
  private static final Pattern FORM =
      Pattern.compile("eph_[sbraf]_[0-9A-Za-z_-]{43}\\.[0-9A-Za-z_-]{43}");

  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new JavaTimeModule())
          .addModule(new Jdk8Module())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
          .build();

  private final Database database;
  private final Sessions sessions;
  private final Blocks blocks;
  private final Grants grants;
  private final RowSeal seal;
  private final Set<String> issuers;
  private final Duration idle;
  private final InstantSource clock;

  /**
   * @param issuers the names of those at which people sign in: tokens of others' people are
   *     nobody's any more
   * @param idle after how long without a request a browser has to sign in again
   */
  public SessionTokens(
      Database database,
      Sessions sessions,
      Blocks blocks,
      Grants grants,
      RowSeal seal,
      Set<String> issuers,
      Duration idle,
      InstantSource clock) {
    this.database = database;
    this.sessions = sessions;
    this.blocks = blocks;
    this.grants = grants;
    this.seal = seal;
    this.issuers = Set.copyOf(issuers);
    this.idle = idle;
    this.clock = clock;
  }

  /** What a token is for; one that is for the one is never accepted for another. */
  private enum Purpose {
    ACCESS("eph_s_"),
    REFRESH("eph_r_"),
    AGENT_ACCESS("eph_a_"),
    AGENT_REFRESH("eph_f_"),
    BROWSER("eph_b_");

    private final String prefix;

    Purpose(String prefix) {
      this.prefix = prefix;
    }

    private static Optional<Purpose> of(String token) {
      return Stream.of(values()).filter(each -> token.startsWith(each.prefix)).findFirst();
    }

    private static Purpose access(Audience audience) {
      return audience == Audience.MCP ? AGENT_ACCESS : ACCESS;
    }

    private static Purpose refresh(Audience audience) {
      return audience == Audience.MCP ? AGENT_REFRESH : REFRESH;
    }
  }

  /** A token says itself that it is ours: what isn't costs nobody a look into the store. */
  private String make(Purpose purpose) {
    String random = purpose.prefix + RandomText.make();
    return random + '.' + BASE64.encodeToString(seal.mac(text(random)));
  }

  private boolean is(Purpose purpose, String token) {
    if (!token.startsWith(purpose.prefix) || !FORM.matcher(token).matches()) {
      return false;
    }
    int dot = token.indexOf('.');
    return seal.made(
        text(token.substring(0, dot)), Base64.getUrlDecoder().decode(token.substring(dot + 1)));
  }

  private static byte[] text(String random) {
    return ("session token's text " + random).getBytes(StandardCharsets.US_ASCII);
  }

  /** What a client gets. */
  public sealed interface Given {

    /** It doesn't print its tokens. */
    record Tokens(Session session, String access, String refresh, Duration lifetime)
        implements Given {

      @Override
      public String toString() {
        return "Tokens[" + session.id() + "]";
      }
    }

    /** No session begins, or goes on. */
    record Refused(String reason) implements Given {}

    /**
     * A refresh token was shown a second time: either its client or somebody else has stolen it,
     * and nobody knows who (OAuth 2.1 §4.3.1). The session has to end.
     */
    record Reused(Session session) implements Given {}
  }

  /**
   * A browser that is signed in.
   *
   * @param name what its cookie's value is a digest of
   */
  public record Browser(Session session, SignIn signIn, String name) {}

  /** What becomes of a browser that somebody signed in with. */
  public sealed interface Entered {

    /** It doesn't print its token. */
    record SignedIn(Session session, String token) implements Entered {
      @Override
      public String toString() {
        return "SignedIn[" + session.id() + "]";
      }
    }

    record Refused(String reason) implements Entered {}
  }

  /**
   * What there is for an access token.
   *
   * @param session the person's
   * @param acting that of the agent which has the token and acts for them, if it is an agent's
   */
  record Found(VerifiedToken token, Session session, Optional<Session> acting) {}

  /** What an access token of the gateway's own would be for, by its looks; empty if it is none. */
  static Optional<Audience> audience(String token) {
    return Purpose.of(token)
        .flatMap(
            purpose ->
                switch (purpose) {
                  case ACCESS -> Optional.of(Audience.API);
                  case AGENT_ACCESS -> Optional.of(Audience.MCP);
                  case REFRESH, AGENT_REFRESH, BROWSER -> Optional.empty();
                });
  }

  /**
   * Begins a session of a client's.
   *
   * @param audience what its tokens are for: the API, or what agents come by. There the client has
   *     a session of its own, in which it acts for the person
   */
  public Future<Given> open(SignIn signIn, String client, Audience audience, String address) {
    Instant now = clock.instant();
    return database.transaction(
        handle ->
            switch (begin(handle, signIn, client, address, now)) {
              case Sessions.Found.Open(Session session) ->
                  audience == Audience.MCP
                      ? act(handle, signIn, session, client, address, now)
                      : give(handle, session, signIn, Audience.API, session.endsAt(), now);
              case Sessions.Found.Ended(Instant at) -> new Given.Refused(signedOut(at));
              case Sessions.Found.Blocked(Block by) ->
                  new Given.Refused(BearerTokens.shutOut(PrincipalKind.PERSON, by));
            });
  }

  /**
   * Begins a session in which a client acts for a person, who has shown a token (RFC 8693). It ends
   * with theirs.
   *
   * @param person for whom
   */
  public Future<Given> act(Authentication.Accepted person, String client, String address) {
    Principal whom = person.principal();
    if (whom.kind() != PrincipalKind.PERSON || person.actsFor().isPresent()) {
      return Future.succeededFuture(new Given.Refused("the subject token isn't a person's own"));
    }
    if (!issuers.contains(whom.id().issuer())) {
      // Nothing of theirs would be good, as that of nobody is whose issuer is taken away.
      return Future.succeededFuture(
          new Given.Refused(
              "people of issuer “" + whom.id().issuer() + "” don't sign in by this gateway"));
    }
    SignIn signIn =
        new SignIn(
            whom.id(),
            whom.displayName(),
            person.signedInAt(),
            person.mfaUntil(),
            whom.claims(),
            AtIssuer.NOWHERE);
    Instant now = clock.instant();
    return database.transaction(
        handle -> act(handle, signIn, person.session(), client, address, now));
  }

  private Given act(
      Handle handle, SignIn signIn, Session whose, String client, String address, Instant now)
      throws JournalException {
    PrincipalId agent = new PrincipalId(Issuer.GATEWAY, client);
    Supplier<Optional<Block>> block =
        () -> block(signIn, whose.client()).or(() -> block(agent, signIn, client));
    return switch (sessions.ofClient(
        handle, agent, whose, signIn.signedInAt(), RandomText.make(), address, now, block)) {
      case Sessions.Found.Open(Session session) ->
          give(handle, session, signIn, Audience.MCP, session.endsAt(), now);
      case Sessions.Found.Ended(Instant at) -> new Given.Refused(signedOut(at));
      case Sessions.Found.Blocked(Block by) ->
          new Given.Refused(BearerTokens.agentShutOut(PrincipalKind.PERSON, by));
    };
  }

  /** What keeps a client from acting for a person. */
  private Optional<Block> block(PrincipalId agent, SignIn signIn, String client) {
    ActedFor whom = new ActedFor(signIn.principal(), PrincipalKind.PERSON, signIn.claims());
    return blocks.againstClient(
        grants.agent(agent, client, Map.of(), whom), client, signIn.signedInAt());
  }

  /** Begins a session of a browser's. */
  public Future<Entered> enter(SignIn signIn, String address) {
    Instant now = clock.instant();
    return database.transaction(
        handle ->
            switch (begin(handle, signIn, BROWSER_CLIENT, address, now)) {
              case Sessions.Found.Open(Session session) ->
                  new Entered.SignedIn(
                      session,
                      keep(handle, Purpose.BROWSER, session, signIn, session.endsAt(), now));
              case Sessions.Found.Ended(Instant at) -> new Entered.Refused(signedOut(at));
              case Sessions.Found.Blocked(Block by) ->
                  new Entered.Refused(BearerTokens.shutOut(PrincipalKind.PERSON, by));
            });
  }

  private Sessions.Found begin(
      Handle handle, SignIn signIn, String client, String address, Instant now)
      throws JournalException {
    handle
        .createUpdate("DELETE FROM session_token WHERE expires_at < :now")
        .bind("now", Database.micros(now))
        .execute();
    // A sign-in of its own: two clients of one person are ended one by one.
    VerifiedToken as = signIn.token(client, "own:" + RandomText.make(), now);
    return sessions.of(handle, as, "", address, now, () -> block(signIn, client));
  }

  private Optional<Block> block(SignIn signIn, String client) {
    return blocks.against(
        grants.principal(
            signIn.principal(), PrincipalKind.PERSON, signIn.displayName(), signIn.claims()),
        client,
        signIn.signedInAt());
  }

  private static String signedOut(Instant at) {
    return "its sign-in was ended at the issuer, at " + at + "; sign in again";
  }

  /**
   * @param last when the last of them ends: it is sealed with each, as the session's end isn't
   */
  private Given give(
      Handle handle, Session session, SignIn signIn, Audience audience, Instant last, Instant now) {
    Instant end = earlier(now.plus(ACCESS), last);
    return new Given.Tokens(
        session,
        keep(handle, Purpose.access(audience), session, signIn, end, now),
        keep(handle, Purpose.refresh(audience), session, signIn, last, now),
        Duration.between(now, end));
  }

  /**
   * Trades a refresh token for new tokens of its session, once (OAuth 2.1 §4.3.1).
   *
   * @param client who shows it
   * @param audience what it says the tokens are for, if it does (RFC 8707 §2.2)
   */
  public Future<Given> refresh(String token, String client, Optional<Audience> audience) {
    Instant now = clock.instant();
    Audience is = is(Purpose.AGENT_REFRESH, token) ? Audience.MCP : Audience.API;
    return is(Purpose.refresh(is), token) && audience.orElse(is) == is
        ? database.transaction(handle -> refresh(handle, token, client, is, now))
        : Future.succeededFuture(notOne());
  }

  private Given refresh(
      Handle handle, String token, String client, Audience audience, Instant now) {
    Optional<Row> row = row(handle, Purpose.refresh(audience), token, now);
    Optional<Session> session =
        row.filter(it -> it.client().equals(client)).flatMap(it -> going(handle, it, now));
    if (row.isEmpty() || session.isEmpty()) {
      return notOne();
    }
    if (row.get().usedAt().isPresent()) {
      return new Given.Reused(session.get());
    }
    Optional<Session.ActsFor> whom = session.get().actsFor();
    SignIn signIn = row.get().signIn();
    Optional<Block> by = block(signIn, whom.map(Session.ActsFor::client).orElse(client));
    if (by.isPresent()) {
      return new Given.Refused(BearerTokens.shutOut(PrincipalKind.PERSON, by.get()));
    }
    Optional<Block> agents =
        whom.flatMap(acting -> block(session.get().principal(), signIn, client));
    if (agents.isPresent()) {
      return new Given.Refused(BearerTokens.agentShutOut(PrincipalKind.PERSON, agents.get()));
    }
    used(handle, row.get(), now);
    return give(
        handle,
        session.get(),
        signIn,
        audience,
        earlier(row.get().expiresAt(), session.get().endsAt()),
        now);
  }

  private static Given notOne() {
    return new Given.Refused("it is no refresh token of this client's, or its session is over");
  }

  /** Whose access token this is, if it is one that is good now, for this. */
  Future<Optional<Found>> find(String token, Audience audience) {
    Instant now = clock.instant();
    Purpose purpose = Purpose.access(audience);
    return is(purpose, token)
        ? database.transaction(
            handle -> row(handle, purpose, token, now).flatMap(row -> found(handle, row, now)))
        : Future.succeededFuture(Optional.empty());
  }

  private Optional<Found> found(Handle handle, Row row, Instant now) {
    Optional<Session> session = going(handle, row, now);
    return session.flatMap(
        it ->
            it.actsFor().isEmpty()
                ? Optional.of(found(row, it, Optional.empty()))
                : sessions
                    .find(handle, it.actsFor().get().sessionId())
                    .map(persons -> found(row, persons, session)));
  }

  private static Found found(Row row, Session persons, Optional<Session> acting) {
    return new Found(row.signIn().token(persons.client(), "", row.expiresAt()), persons, acting);
  }

  /** The browser with this in its cookie, if it is signed in and wasn't idle for too long. */
  public Future<Optional<Browser>> browser(String token) {
    Instant now = clock.instant();
    return is(Purpose.BROWSER, token)
        ? database.transaction(handle -> browser(handle, token, now))
        : Future.succeededFuture(Optional.empty());
  }

  private Optional<Browser> browser(Handle handle, String token, Instant now) {
    Optional<Row> row =
        row(handle, Purpose.BROWSER, token, now)
            .filter(it -> now.isBefore(it.usedAt().orElse(Instant.MIN).plus(idle)))
            .filter(it -> block(it.signIn(), BROWSER_CLIENT).isEmpty());
    Optional<Session> session = row.flatMap(it -> going(handle, it, now));
    if (row.isEmpty() || session.isEmpty()) {
      return Optional.empty();
    }
    if (now.isAfter(row.get().usedAt().orElse(Instant.MIN).plus(TO_WITHIN))) {
      used(handle, row.get(), now);
    }
    return Optional.of(new Browser(session.get(), row.get().signIn(), row.get().hash()));
  }

  /** The session that a token of a client's is of, for the client to end it (RFC 7009 §2.1). */
  public Future<Optional<Session>> sessionOf(String token, String client) {
    Instant now = clock.instant();
    Optional<Purpose> asked =
        Purpose.of(token)
            .filter(purpose -> purpose != Purpose.BROWSER)
            .filter(purpose -> is(purpose, token));
    if (asked.isEmpty()) {
      return Future.succeededFuture(Optional.empty());
    }
    return database.transaction(
        handle ->
            row(handle, asked.get(), token, now)
                .filter(row -> row.client().equals(client))
                .flatMap(row -> going(handle, row, now)));
  }

  private Optional<Session> going(Handle handle, Row row, Instant now) {
    return sessions
        .find(handle, row.sessionId())
        .filter(session -> session.state(now) == Session.State.ACTIVE);
  }

  // --- rows --------------------------------------------------------------------------------------

  private record Row(
      String hash,
      String sessionId,
      String client,
      SignIn signIn,
      Instant expiresAt,
      Optional<Instant> usedAt) {}

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private String keep(
      Handle handle, Purpose purpose, Session session, SignIn signIn, Instant end, Instant now) {
    String token = make(purpose);
    String hash = Digest.of(token);
    String json = json(signIn);
    handle
        .createUpdate(
            """
            INSERT INTO session_token (hash, session_id, purpose, client, sign_in, expires_at, mac,
              used_at)
            VALUES (:hash, :session, :purpose, :client, :signIn, :expiresAt, :mac, :usedAt)\
            """)
        .bind("hash", hash)
        .bind("session", session.id())
        .bind("purpose", purpose.name())
        .bind("client", session.client())
        .bind("signIn", json)
        .bind("expiresAt", Database.micros(end))
        .bind(
            "mac",
            seal.mac(canonical(hash, session.id(), purpose.name(), session.client(), json, end)))
        .bind("usedAt", purpose == Purpose.BROWSER ? Database.micros(now) : null)
        .execute();
    return token;
  }

  private static void used(Handle handle, Row row, Instant now) {
    handle
        .createUpdate("UPDATE session_token SET used_at = :now WHERE hash = :hash")
        .bind("now", Database.micros(now))
        .bind("hash", row.hash())
        .execute();
  }

  private Optional<Row> row(Handle handle, Purpose purpose, String token, Instant now) {
    return handle
        .createQuery(
            """
            SELECT * FROM session_token
            WHERE hash = :hash AND purpose = :purpose AND expires_at > :now\
            """)
        .bind("hash", Digest.of(token))
        .bind("purpose", purpose.name())
        .bind("now", Database.micros(now))
        .map((row, context) -> read(row, purpose))
        .findOne()
        .flatMap(row -> row)
        .filter(row -> issuers.contains(row.signIn().principal().issuer()))
        // Who can't be looked for in the catalog any more has to sign in again.
        .filter(row -> !grants.isUntold(row.signIn().identity()));
  }

  /** A row that isn't as it was written is nobody's token. */
  private Optional<Row> read(ResultSet row, Purpose purpose) throws SQLException {
    String hash = row.getString("hash");
    String sessionId = row.getString("session_id");
    String client = row.getString("client");
    String json = row.getString("sign_in");
    Instant expiresAt = Database.instant(row.getLong("expires_at"));
    long used = row.getLong("used_at");
    Optional<Instant> usedAt =
        row.wasNull() ? Optional.empty() : Optional.of(Database.instant(used));
    if (!seal.made(
        canonical(hash, sessionId, purpose.name(), client, json, expiresAt), row.getBytes("mac"))) {
      LOG.atError()
          .addKeyValue("sessionId", sessionId)
          .log(
              "A stored token isn't as we wrote it, and counts no more. Who can write to the"
                  + " store?");
      return Optional.empty();
    }
    return Optional.of(new Row(hash, sessionId, client, signIn(json), expiresAt, usedAt));
  }

  /** What its MAC covers. */
  private static byte[] canonical(
      String hash,
      String sessionId,
      String purpose,
      String client,
      String signIn,
      Instant expiresAt) {
    return RowSeal.row(
        "session token",
        List.of(
            hash, sessionId, purpose, client, signIn, Long.toString(Database.micros(expiresAt))));
  }

  private static String json(SignIn signIn) {
    try {
      return JSON.writeValueAsString(signIn);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of text and times is always JSON", e);
    }
  }

  private static SignIn signIn(String json) {
    try {
      return JSON.readValue(json, SignIn.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what has our MAC was written by us", e);
    }
  }
}
