package dev.ephemeris.gateway.identity;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Sign-ins, each kept as one session however many tokens it brings. A session ends twelve hours
 * after it began, whatever its tokens say.
 */
final class Sessions {

  static final Duration LONGEST = Duration.ofHours(12);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Database database;
  private final Journal journal;

  Sessions(Database database, Journal journal) {
    this.database = database;
    this.journal = journal;
  }

  /** The session of a token: the one that its sign-in has, or a new one, recorded. */
  Future<Session> of(VerifiedToken token, String rawToken, String address, Instant now) {
    String signIn = signIn(token, rawToken);
    Session opened =
        new Session(
            newId(),
            token.principal(),
            token.client(),
            address,
            now.truncatedTo(ChronoUnit.MICROS),
            now.plus(LONGEST).truncatedTo(ChronoUnit.MICROS));
    return database.transaction(
        handle -> {
          Optional<Session> known =
              handle
                  .createQuery("SELECT * FROM session WHERE sign_in = :signIn")
                  .bind("signIn", signIn)
                  .map((row, context) -> session(row))
                  .findOne();
          if (known.isPresent()) {
            return known.get();
          }
          handle
              .createUpdate(
                  """
                  INSERT INTO session (id, sign_in, issuer, subject, client, address, started_at,
                    ends_at)
                  VALUES (:id, :signIn, :issuer, :subject, :client, :address, :startedAt,
                    :endsAt)\
                  """)
              .bind("id", opened.id())
              .bind("signIn", signIn)
              .bind("issuer", opened.principal().issuer())
              .bind("subject", opened.principal().subject())
              .bind("client", opened.client())
              .bind("address", opened.address())
              .bind("startedAt", Database.micros(opened.startedAt()))
              .bind("endsAt", Database.micros(opened.endsAt()))
              .execute();
          record(token, opened);
          return opened;
        });
  }

  private static String newId() {
    byte[] random = new byte[10];
    RANDOM.nextBytes(random);
    return "s-" + HexFormat.of().formatHex(random);
  }

  /** In the transaction: a session that isn't in the journal isn't in the store either. */
  private void record(VerifiedToken token, Session session) {
    try {
      journal.append(
          new JournalRecord.SessionStarted(
              session.startedAt(),
              session.id(),
              session.principal().toString(),
              token.kind().name().toLowerCase(java.util.Locale.ROOT),
              session.client(),
              session.address(),
              session.endsAt()));
    } catch (JournalException e) {
      throw new IllegalStateException("The journal doesn't take the session.", e);
    }
  }

  private static Session session(ResultSet row) throws SQLException {
    return new Session(
        row.getString("id"),
        new PrincipalId(row.getString("issuer"), row.getString("subject")),
        row.getString("client"),
        row.getString("address"),
        Database.instant(row.getLong("started_at")),
        Database.instant(row.getLong("ends_at")));
  }

  /**
   * A digest over what identifies the sign-in, with lengths, so that no two collide by spelling.
   */
  private static String signIn(VerifiedToken token, String rawToken) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    String identity = token.signIn().isEmpty() ? "token:" + rawToken : token.signIn();
    for (String part :
        new String[] {token.principal().issuer(), token.principal().subject(), identity}) {
      byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
      sha256.update((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
      sha256.update(utf8);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }
}
