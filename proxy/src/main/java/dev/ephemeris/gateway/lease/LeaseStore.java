package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases in the store. A row whose MAC isn't ours doesn't come back as a lease. */
final class LeaseStore {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseStore.class);

  private static final int MAX_LISTED = 200;

  private final Database database;
  private final LeaseSecrets secrets;

  LeaseStore(Database database, LeaseSecrets secrets) {
    this.database = database;
    this.secrets = secrets;
  }

  Future<Void> insert(Lease lease) {
    return database.transaction(
        handle -> {
          insert(handle, lease);
          return null;
        });
  }

  /** What there was of a session's implicit lease in an account, or what keeps it from one. */
  sealed interface Opened {
    record Kept(Lease lease, boolean isNew) implements Opened {}

    record Blocked(Block by) implements Opened {}
  }

  /**
   * The implicit lease of this one's session and account: the one that it has, or this one if
   * nothing keeps it out. A row that isn't ours counts for nothing and stands in the way.
   *
   * @param recorded what else must be done for a new one, before it is kept
   */
  Future<Opened> open(Lease lease, Optional<Instant> signedInAt, Consumer<Lease> recorded) {
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
          if (before.isPresent()) {
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
          Optional<Block> block =
              blocks(handle, lease.principal()).stream()
                  .filter(found -> found.account().equals(lease.scope().account()))
                  .filter(found -> found.holds(signedInAt))
                  .findFirst();
          if (block.isPresent()) {
            return new Opened.Blocked(block.get());
          }
          insert(handle, lease);
          recorded.accept(lease);
          return new Opened.Kept(lease, true);
        });
  }

  /** The blocks of a principal, the newest first. */
  Future<List<Block>> blocks(PrincipalId principal) {
    return database.transaction(handle -> blocks(handle, principal));
  }

  /** Everybody's blocks, the newest first. */
  Future<List<Block>> allBlocks() {
    return database.transaction(
        handle ->
            handle
                .createQuery("SELECT * FROM block ORDER BY at DESC LIMIT :limit")
                .bind("limit", MAX_LISTED)
                .map((row, context) -> block(row))
                .list());
  }

  Future<Optional<Block>> block(String id) {
    return database.transaction(
        handle ->
            handle
                .createQuery("SELECT * FROM block WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> block(row))
                .findOne());
  }

  private List<Block> blocks(Handle handle, PrincipalId principal) {
    return handle
        .createQuery(
            """
            SELECT * FROM block WHERE issuer = :issuer AND subject = :subject
            ORDER BY at DESC LIMIT :limit\
            """)
        .bind("issuer", principal.issuer())
        .bind("subject", principal.subject())
        .bind("limit", MAX_LISTED)
        .map((row, context) -> block(row))
        .list();
  }

  /** A block that isn't as it was written holds: whoever changed it didn't do so to keep it. */
  private Block block(ResultSet row) throws SQLException {
    long liftedAt = row.getLong("lifted_at");
    boolean lifted = !row.wasNull();
    Block block =
        new Block(
            row.getString("id"),
            new PrincipalId(row.getString("issuer"), row.getString("subject")),
            PrincipalKind.valueOf(row.getString("kind")),
            row.getString("account"),
            Database.instant(row.getLong("at")),
            new PrincipalId(row.getString("made_by_issuer"), row.getString("made_by_subject")),
            lifted ? Optional.of(Database.instant(liftedAt)) : Optional.empty());
    if (secrets.wrote(block, row.getBytes("mac"))) {
      return block;
    }
    LOG.atError()
        .addKeyValue("blockId", block.id())
        .log("A stored block isn't as we wrote it; it holds. Who can write to the store?");
    return new Block(
        block.id(),
        block.principal(),
        PrincipalKind.WORKLOAD,
        block.account(),
        block.at(),
        block.madeBy(),
        Optional.empty());
  }

  /** Writes that a block is lifted. */
  Future<Void> lift(Block lifted) {
    return database.transaction(
        handle -> {
          handle
              .createUpdate("UPDATE block SET lifted_at = :liftedAt, mac = :mac WHERE id = :id")
              .bind("id", lifted.id())
              .bind("liftedAt", Database.micros(lifted.liftedAt().orElseThrow()))
              .bind("mac", secrets.rowMac(lifted))
              .execute();
          return null;
        });
  }

  private void insert(Handle handle, Block block) {
    handle
        .createUpdate(
            """
            INSERT INTO block (id, issuer, subject, kind, account, at, made_by_issuer,
              made_by_subject, mac)
            VALUES (:id, :issuer, :subject, :kind, :account, :at, :byIssuer, :bySubject, :mac)\
            """)
        .bind("id", block.id())
        .bind("issuer", block.principal().issuer())
        .bind("subject", block.principal().subject())
        .bind("kind", block.kind().name())
        .bind("account", block.account())
        .bind("at", Database.micros(block.at()))
        .bind("byIssuer", block.madeBy().issuer())
        .bind("bySubject", block.madeBy().subject())
        .bind("mac", secrets.rowMac(block))
        .execute();
  }

  private void insert(Handle handle, Lease lease) {
    handle
        .createUpdate(
            """
            INSERT INTO lease (id, session_id, issuer, subject, kind, claims, client, mfa_until, reason,
              ticket, form, scope, partition_key, role, actions, lane, rule, issued_at, expires_at,
              hard_end, revision, mac)
            VALUES (:id, :session, :issuer, :subject, :kind, :claims, :client, :mfaUntil, :reason,
              :ticket, :form, :scope, :partitionKey, :role, :actions, :lane, :rule, :issuedAt, :expiresAt, :hardEnd, :revision, :mac)\
            """)
        .bind("id", lease.id().value())
        .bind("session", lease.sessionId())
        .bind("issuer", lease.principal().issuer())
        .bind("subject", lease.principal().subject())
        .bind("kind", lease.kind().name())
        .bind("claims", LeaseRow.claims(lease))
        .bind("client", lease.standing().client())
        .bind("mfaUntil", lease.standing().mfaUntil().map(Database::micros))
        .bind("reason", lease.standing().reason())
        .bind("ticket", lease.standing().ticket())
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

  /** The principal's leases, newest first, at most 200. */
  Future<List<Lease>> of(PrincipalId principal) {
    return database.transaction(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT * FROM lease WHERE issuer = :issuer AND subject = :subject
                    ORDER BY issued_at DESC LIMIT :limit\
                    """)
                .bind("issuer", principal.issuer())
                .bind("subject", principal.subject())
                .bind("limit", MAX_LISTED)
                .map((row, context) -> verified(row))
                .stream()
                .flatMap(Optional::stream)
                .toList());
  }

  /** Everybody's leases, newest first, at most 200. */
  Future<List<Lease>> all() {
    return database.transaction(
        handle ->
            handle
                .createQuery("SELECT * FROM lease ORDER BY issued_at DESC LIMIT :limit")
                .bind("limit", MAX_LISTED)
                .map((row, context) -> verified(row))
                .stream()
                .flatMap(Optional::stream)
                .toList());
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
   * Ends a lease in the store, however it was renewed meanwhile. A row that isn't ours is none
   * already.
   *
   * @param left the block that it leaves behind, if it does
   */
  Future<Void> revoke(LeaseId id, Instant at, Optional<Block> left) {
    return database.transaction(
        handle -> {
          find(handle, id)
              .filter(kept -> kept.revokedAt().isEmpty())
              .ifPresent(kept -> update(handle, kept.revoked(at)));
          left.ifPresent(block -> insert(handle, block));
          return null;
        });
  }

  /**
   * Renews a lease in the store: what it has of it becomes what {@code renewing} makes of that.
   * Empty if there is none.
   *
   * @param recorded what else must be done if that changes it, before it is kept
   */
  Future<Optional<Lease>> renew(
      LeaseId id, UnaryOperator<Lease> renewing, Consumer<Lease> recorded) {
    return database.transaction(
        handle -> {
          Optional<Lease> kept = find(handle, id);
          Optional<Lease> renewed = kept.map(renewing);
          if (!renewed.equals(kept)) {
            renewed.ifPresent(
                lease -> {
                  update(handle, lease);
                  recorded.accept(lease);
                });
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
            .bind("claims", LeaseRow.claims(lease))
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

  private Optional<Lease> verified(ResultSet row) throws SQLException {
    try {
      Lease lease = LeaseRow.read(row);
      if (secrets.wrote(lease, row.getBytes("mac"))) {
        return Optional.of(lease);
      }
    } catch (IllegalArgumentException notALease) {
      // As if its MAC didn't fit: it can't.
    }
    LOG.atError()
        .addKeyValue("leaseId", row.getString("id"))
        .log("A stored lease isn't as we wrote it; it is ignored. Who can write to the store?");
    return Optional.empty();
  }
}
