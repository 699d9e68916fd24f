package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.NewestFirst;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases in the store. A row whose MAC isn't ours doesn't come back as a lease. */
final class LeaseStore {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseStore.class);

  private static final NewestFirst NEWEST_FIRST = new NewestFirst("lease", "issued_at");

  private final Database database;
  private final LeaseSecrets secrets;

  LeaseStore(Database database, LeaseSecrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  /** What goes on record of a lease that is about to be kept; if it can't, the lease isn't kept. */
  interface Recording {
    void of(Lease lease) throws JournalException;
  }

  /** What came of a lease: it is kept, or there was one before in its place, or none is to be. */
  sealed interface Opened {
    record Kept(Lease lease, boolean isNew) implements Opened {}

    record Blocked(Block by) implements Opened {}

    /** Its session was ended meanwhile, or one of those with which it ends. */
    record SessionEnded() implements Opened {}

    /** What it was to be given for isn't there any more. */
    record Taken() implements Opened {}
  }

  /** Takes what a lease is given for, in the transaction in which it is kept. */
  interface Taking {

    /** Of a lease that is given for nothing else. */
    Taking NOTHING = (handle, lease) -> true;

    /** Whether it was there to be taken. */
    boolean isDone(Handle handle, Lease lease) throws JournalException;
  }

  /**
   * Keeps a new lease.
   *
   * @param taking takes what it is given for
   * @param block what keeps its holder from it, as of the moment when it is asked
   * @param recorded what else must be done, before it is kept
   */
  Future<Opened> insert(
      Lease lease, Taking taking, Supplier<Optional<Block>> block, Recording recorded) {
    return database.transaction(handle -> insert(handle, lease, taking, block, recorded));
  }

  private Opened insert(
      Handle handle,
      Lease lease,
      Taking taking,
      Supplier<Optional<Block>> block,
      Recording recorded)
      throws JournalException {
    Optional<Block> by = block.get();
    if (by.isPresent()) {
      return new Opened.Blocked(by.get());
    }
    for (String sessionId : lease.sessions()) {
      if (!goesOn(handle, sessionId)) {
        return new Opened.SessionEnded();
      }
    }
    if (!taking.isDone(handle, lease)) {
      return new Opened.Taken();
    }
    insert(handle, lease);
    recorded.of(lease);
    return new Opened.Kept(lease, true);
  }

  private static boolean goesOn(Handle handle, String sessionId) {
    return handle
        .createQuery("SELECT ended_at IS NULL FROM session WHERE id = :id")
        .bind("id", sessionId)
        .mapTo(boolean.class)
        .findOne()
        .orElse(false);
  }

  /**
   * The implicit lease of this one's session and account: the one that it has, or this one if
   * nothing keeps it out. A row that isn't ours counts for nothing and stands in the way.
   *
   * @param signedInAt when its holder last proved who they are, if that is known: a person who did
   *     so after theirs was ended gets another in its place
   * @param taking what goes with a new one
   * @param block what keeps its holder from a new one, as of the moment when it is asked
   * @param recorded what else must be done for a new one, before it is kept
   */
  Future<Opened> open(
      Lease lease,
      Optional<Instant> signedInAt,
      Taking taking,
      Supplier<Optional<Block>> block,
      Recording recorded) {
    return database.transaction(
        handle -> {
          Optional<Optional<Lease>> before =
              handle
                  .createQuery(
                      """
                      SELECT * FROM lease
                      WHERE session_id = :session AND scope = :scope AND form = :form\
                      """)
                  .bind("session", lease.sessionId())
                  .bind("scope", lease.scope().toString())
                  .bind("form", lease.form().name())
                  .map((row, context) -> verified(row))
                  .findOne();
          Optional<Lease> outlived =
              before.flatMap(found -> found).filter(found -> found.isOutlived(signedInAt));
          if (outlived.isPresent()) {
            if (block.get().isEmpty()) {
              handle.execute("DELETE FROM lease WHERE id = ?", outlived.get().id().value());
            }
          } else if (before.isPresent()) {
            return new Opened.Kept(
                before
                    .get()
                    .orElseThrow(
                        () ->
                            new IllegalStateException(
                                "the implicit lease of session "
                                    + lease.sessionId()
                                    + " isn't as it was written")),
                false);
          }
          return insert(handle, lease, taking, block, recorded);
        });
  }

  private void insert(Handle handle, Lease lease) {
    handle
        .createUpdate(
            """
            INSERT INTO lease (id, session_id, issuer, subject, kind, claims, client, mfa_until, reason,
              ticket, acts_for_issuer, acts_for_subject, acts_for_kind, acts_for_claims, acts_for_client,
              acts_for_mfa_until, acts_for_session, own_session,
              form, scope, partition_key, role, actions, lane, rule, issued_at, expires_at,
              hard_end, revision, at_account, approved, mac)
            VALUES (:id, :session, :issuer, :subject, :kind, :claims, :client, :mfaUntil, :reason,
              :ticket, :actsForIssuer, :actsForSubject, :actsForKind, :actsForClaims, :actsForClient,
              :actsForMfaUntil, :actsForSession, :ownSession,
              :form, :scope, :partitionKey, :role, :actions, :lane, :rule, :issuedAt, :expiresAt, :hardEnd, :revision,
              :atAccount, :approved, :mac)\
            """)
        .bind("id", lease.id().value())
        .bind("session", lease.sessionId())
        .bind("issuer", lease.principal().issuer())
        .bind("subject", lease.principal().subject())
        .bind("kind", lease.kind().name())
        .bind("claims", LeaseRow.claims(lease.claims()))
        .bind("client", lease.standing().client())
        .bind("mfaUntil", lease.standing().mfaUntil().map(Database::micros))
        .bind("reason", lease.standing().reason())
        .bind("ticket", lease.standing().ticket())
        .bind("actsForIssuer", lease.actedFor().map(whom -> whom.id().issuer()))
        .bind("actsForSubject", lease.actedFor().map(whom -> whom.id().subject()))
        .bind("actsForKind", lease.actedFor().map(whom -> whom.kind().name()))
        .bind("actsForClaims", lease.actedFor().map(whom -> LeaseRow.claims(whom.claims())))
        .bind("actsForClient", lease.actsFor().flatMap(whom -> whom.standing().client()))
        .bind(
            "actsForMfaUntil",
            lease.actsFor().flatMap(whom -> whom.standing().mfaUntil()).map(Database::micros))
        .bind("actsForSession", lease.actsFor().map(Lease.ActsFor::sessionId))
        .bind("ownSession", lease.actsFor().map(Lease.ActsFor::ownSessionId))
        .bind("form", lease.form().name())
        .bind("scope", lease.scope().toString())
        .bind("partitionKey", LeaseRow.partitionKey(lease))
        .bind("role", lease.role().value())
        .bind("actions", LeaseRow.actions(lease))
        .bind("lane", lease.lane().name())
        .bind("rule", lease.rule().value())
        .bind("issuedAt", Database.micros(lease.issuedAt()))
        .bind("expiresAt", Database.micros(lease.expiresAt()))
        .bind("hardEnd", Database.micros(lease.hardEnd()))
        .bind("revision", lease.revision())
        .bind("atAccount", lease.atAccount().map(LeaseRow::atAccount))
        .bind("approved", lease.approved().map(Approved::text))
        .bind("mac", secrets.rowMac(lease))
        .execute();
  }

  Future<Optional<Lease>> find(LeaseId id) {
    return database.transaction(handle -> find(handle, id));
  }

  private Optional<Lease> find(Handle handle, LeaseId id) {
    return handle
        .createQuery("SELECT * FROM lease WHERE id = :id")
        .bind("id", id.value())
        .map((row, context) -> verified(row))
        .findOne()
        .flatMap(lease -> lease);
  }

  /** The principal's leases, and those of agents that act for them; the newest first. */
  Future<Page<Lease>> of(PrincipalId principal, PageWanted wanted) {
    return page(
        wanted,
        new NewestFirst.Which(
            List.of(
                "issuer = :issuer AND subject = :subject",
                "acts_for_issuer = :issuer AND acts_for_subject = :subject"),
            Map.of("issuer", principal.issuer(), "subject", principal.subject())));
  }

  /** Everybody's leases, the newest first. */
  Future<Page<Lease>> all(PageWanted wanted) {
    return page(wanted, NewestFirst.Which.ALL);
  }

  private Future<Page<Lease>> page(PageWanted wanted, NewestFirst.Which which) {
    return database.transaction(handle -> NEWEST_FIRST.page(handle, wanted, which, this::verified));
  }

  /**
   * How many leases there are, by lane.
   *
   * @param active those that are good
   * @param expired those that came to the end of their time in a while
   */
  record Census(Map<Lane, Integer> active, Map<Lane, Integer> expired) {}

  /** Who is active at {@code now}, and who has expired after {@code since} and until then. */
  Future<Census> census(Instant since, Instant now) {
    return database.transaction(
        handle -> {
          Map<Lane, Integer> active = new EnumMap<>(Lane.class);
          Map<Lane, Integer> expired = new EnumMap<>(Lane.class);
          handle
              .createQuery(
                  """
                  SELECT lane, expires_at > :now AS active, count(*) AS leases FROM lease
                  WHERE expires_at > :since AND (revoked_at IS NULL OR revoked_at >= expires_at)
                  GROUP BY 1, 2\
                  """)
              .bind("since", Database.micros(since))
              .bind("now", Database.micros(now))
              .map(
                  (row, context) ->
                      (row.getBoolean("active") ? active : expired)
                          .put(Lane.valueOf(row.getString("lane")), row.getInt("leases")))
              .list();
          return new Census(active, expired);
        });
  }

  /**
   * Those that came to the end of their time after the last call, of whichever gateway, and until
   * {@code until}. The first call of all finds none.
   *
   * @param recorded what must be done of each before it counts as found; if that fails, or what was
   *     found can't be kept, all of them are found again
   */
  Future<Void> expired(Instant until, Recording recorded) {
    return database.transaction(
        handle -> {
          Optional<Instant> since =
              handle
                  .createQuery("SELECT recorded_until FROM lease_expiry")
                  .mapTo(long.class)
                  .findOne()
                  .map(Database::instant);
          if (since.isEmpty()) {
            handle.execute("INSERT INTO lease_expiry VALUES (?)", Database.micros(until));
            return null;
          }
          List<Lease> ended =
              list(
                  handle
                      .createQuery(
                          """
                          SELECT * FROM lease WHERE expires_at > :since AND expires_at <= :until
                          ORDER BY expires_at\
                          """)
                      .bind("since", Database.micros(since.get()))
                      .bind("until", Database.micros(until)));
          for (Lease lease : ended) {
            if (lease.revokedAt().filter(at -> at.isBefore(lease.expiresAt())).isEmpty()) {
              recorded.of(lease);
            }
          }
          if (!ended.isEmpty()) { // no commit each time when there was nothing
            handle.execute("UPDATE lease_expiry SET recorded_until = ?", Database.micros(until));
          }
          return null;
        });
  }

  /**
   * Ends a lease in the store, however it was renewed meanwhile. A row that isn't ours is none
   * already.
   *
   * @param left writes what it leaves behind
   */
  Future<Void> revoke(LeaseId id, Instant at, Consumer<Handle> left) {
    return database.transaction(
        handle -> {
          find(handle, id)
              .filter(kept -> kept.revokedAt().isEmpty())
              .ifPresent(kept -> update(handle, kept.revoked(at)));
          left.accept(handle);
          return null;
        });
  }

  /** All that are good now, in the caller's transaction. */
  List<Lease> active(Handle handle, Instant now) {
    return list(
        handle
            .createQuery("SELECT * FROM lease WHERE revoked_at IS NULL AND expires_at > :now")
            .bind("now", Database.micros(now)));
  }

  /**
   * When the last of an account's leases in a lane ends by itself, ended ones included, of those
   * that end after {@code after}.
   */
  Future<Optional<Instant>> latestEnd(String account, Lane lane, Instant after) {
    return database.transaction(
        handle ->
            list(
                    handle
                        .createQuery(
                            "SELECT * FROM lease WHERE lane = :lane AND expires_at > :after")
                        .bind("lane", lane.name())
                        .bind("after", Database.micros(after)))
                .stream()
                .filter(lease -> lease.scope().account().equals(account))
                .map(Lease::worksUntil)
                .max(Comparator.naturalOrder()));
  }

  /**
   * Ends all leases of a lane in an account that are good now.
   *
   * @param recorded what else must be done, before any ending is kept
   * @return as they are then
   */
  Future<List<Lease>> revokeAll(Lane lane, String account, Instant now, Recording recorded) {
    return database.transaction(
        handle -> {
          List<Lease> revoked = new ArrayList<>();
          for (Lease lease : active(handle, lane, now)) {
            if (lease.scope().account().equals(account)) {
              revoked.add(revoke(handle, lease, now));
              recorded.of(revoked.getLast());
            }
          }
          return List.copyOf(revoked);
        });
  }

  /**
   * Ends all that are good now, but those in these accounts, in the lanes that these permit. That
   * of somebody's own token is no more: the token opens another where there is an account again.
   *
   * @param recorded what else must be done, before any ending is kept
   * @return as they are then
   */
  Future<List<Lease>> revokeAllBut(
      Map<String, Set<Lane>> accounts, Instant now, Recording recorded) {
    return database.transaction(
        handle -> {
          List<Lease> revoked = new ArrayList<>();
          for (Lease lease : active(handle, now)) {
            if (!accounts.getOrDefault(lease.scope().account(), Set.of()).contains(lease.lane())) {
              revoked.add(revoke(handle, lease, now));
              recorded.of(revoked.getLast());
              if (lease.form() == CredentialForm.OWN_TOKEN) {
                remove(handle, lease.id());
              }
            }
          }
          return List.copyOf(revoked);
        });
  }

  /** Those that are good now of agents that act for this one, the newest first. */
  Future<List<Lease>> actingFor(PrincipalId whom, Instant now) {
    return database.transaction(
        handle ->
            list(
                handle
                    .createQuery(
                        """
                        SELECT * FROM lease
                        WHERE acts_for_issuer = :issuer AND acts_for_subject = :subject
                          AND revoked_at IS NULL AND expires_at > :now
                        ORDER BY issued_at DESC\
                        """)
                    .bind("issuer", whom.issuer())
                    .bind("subject", whom.subject())
                    .bind("now", Database.micros(now))));
  }

  /** All that are good now. */
  Future<List<Lease>> active(Instant now) {
    return database.transaction(handle -> active(handle, now));
  }

  /** All of a lane that are good now. */
  Future<List<Lease>> active(Lane lane, Instant now) {
    return database.transaction(handle -> active(handle, lane, now));
  }

  private List<Lease> active(Handle handle, Lane lane, Instant now) {
    return list(
        handle
            .createQuery(
                """
                SELECT * FROM lease
                WHERE lane = :lane AND revoked_at IS NULL AND expires_at > :now\
                """)
            .bind("lane", lane.name())
            .bind("now", Database.micros(now)));
  }

  /** Those that are good now and end with a session, in the caller's transaction. */
  List<Lease> active(Handle handle, String sessionId, Instant now) {
    return list(
        handle
            .createQuery(
                """
                SELECT * FROM lease
                WHERE (session_id = :session OR acts_for_session = :session
                  OR own_session = :session) AND revoked_at IS NULL AND expires_at > :now\
                """)
            .bind("session", sessionId)
            .bind("now", Database.micros(now)));
  }

  /** Ends one of {@link #active}, in the caller's transaction; as it is then. */
  Lease revoke(Handle handle, Lease lease, Instant now) {
    Lease revoked = lease.revoked(now);
    update(handle, revoked);
    return revoked;
  }

  /**
   * Renews a lease in the store: what it has of it becomes what {@code renewing} makes of that.
   * Empty if there is none.
   *
   * @param recorded what else must be done if that changes it, before it is kept
   */
  Future<Optional<Lease>> renew(LeaseId id, UnaryOperator<Lease> renewing, Recording recorded) {
    return database.transaction(
        handle -> {
          Optional<Lease> kept = find(handle, id);
          Optional<Lease> renewed = kept.map(renewing);
          if (renewed.isPresent() && !renewed.equals(kept)) {
            update(handle, renewed.get());
            recorded.of(renewed.get());
          }
          return renewed;
        });
  }

  /** A lease, as the row before this revision becomes. */
  private void update(Handle handle, Lease lease) {
    int changed =
        handle
            .createUpdate(
                """
                UPDATE lease SET claims = :claims, client = :client, mfa_until = :mfaUntil,
                  expires_at = :expiresAt, revoked_at = :revokedAt, revision = :revision, mac = :mac
                WHERE id = :id AND revision = :revision - 1\
                """)
            .bind("id", lease.id().value())
            .bind("claims", LeaseRow.claims(lease.claims()))
            .bind("client", lease.standing().client())
            .bind("mfaUntil", lease.standing().mfaUntil().map(Database::micros))
            .bind("expiresAt", Database.micros(lease.expiresAt()))
            .bind("revokedAt", lease.revokedAt().map(Database::micros))
            .bind("revision", lease.revision())
            .bind("mac", secrets.rowMac(lease))
            .execute();
    if (changed != 1) {
      throw new IllegalStateException("lease " + lease.id() + " was changed meanwhile");
    }
  }

  private List<Lease> list(Query query) {
    return query.map((row, context) -> verified(row)).stream().flatMap(Optional::stream).toList();
  }

  /** With its root key a lease has ended, whatever its row says. */
  private Lease asRevoked(Lease lease) {
    return secrets
        .revokedAt(lease.id())
        .filter(at -> lease.revokedAt().isEmpty())
        .map(lease::revoked)
        .orElse(lease);
  }

  /**
   * What hangs on root keys: of each that has any, its leases that are good now.
   *
   * @param latestEnd when nothing lets anybody in any more that was handed over for them, if nobody
   *     ends or renews them
   */
  record Hanging(int leases, Instant latestEnd) {

    Hanging and(Hanging other) {
      return new Hanging(
          leases + other.leases(),
          latestEnd.isAfter(other.latestEnd()) ? latestEnd : other.latestEnd());
    }
  }

  /** By kid. */
  Future<Map<Character, Hanging>> hanging(Instant now) {
    return database.transaction(
        handle -> {
          Map<Character, Hanging> hanging = new TreeMap<>();
          handle
              .createQuery(
                  """
                  SELECT substr(id, 1, 1) AS kid, lane, count(*) AS leases, max(expires_at) AS end
                  FROM lease WHERE revoked_at IS NULL AND expires_at > :now GROUP BY 1, 2\
                  """)
              .bind("now", Database.micros(now))
              .map(
                  (row, context) ->
                      hanging.merge(
                          row.getString("kid").charAt(0),
                          new Hanging(
                              row.getInt("leases"),
                              Database.instant(row.getLong("end"))
                                  .plus(Lease.overrun(Lane.valueOf(row.getString("lane"))))),
                          Hanging::and))
              .list();
          return hanging;
        });
  }

  /** Those that were good at {@code since}, or will be: older ones nobody asks for. */
  SealedRows rows(Supplier<Instant> since) {
    return handle -> {
      try (Query recent = handle.createQuery("SELECT * FROM lease WHERE expires_at > :since")) {
        SealedRows.sealAgain(
            handle,
            recent.bind("since", Database.micros(since.get())),
            "lease",
            "id",
            secrets,
            row -> LeaseRow.canonical(LeaseRow.read(row)));
      }
    };
  }

  /** Takes a lease away that one's own token opened, so that it opens another. */
  void remove(Handle handle, LeaseId id) {
    handle.execute("DELETE FROM lease WHERE id = ?", id.value());
  }

  private Optional<Lease> verified(ResultSet row) throws SQLException {
    try {
      Lease lease = LeaseRow.read(row);
      if (secrets.wrote(lease, row.getBytes("mac"))) {
        return Optional.of(asRevoked(lease));
      }
      if (secrets.revokedAt(lease.id()).isPresent()) {
        // What its root key has sealed is nobody's word any more; it has ended long since.
        return Optional.empty();
      }
    } catch (RuntimeException notALease) {
      // As if its MAC didn't fit: it can't, whatever it is that can't be read in it.
    }
    LOG.atError()
        .addKeyValue("leaseId", row.getString("id"))
        .log("A stored lease isn't as we wrote it; it is ignored. Who can write to the store?");
    return Optional.empty();
  }
}
