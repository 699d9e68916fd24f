package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
          handle
              .createUpdate(
                  """
                  INSERT INTO lease (id, session_id, issuer, subject, kind, scope, partition_key, role, actions,
                    lane, rule, issued_at, expires_at, hard_end, revision, mac)
                  VALUES (:id, :session, :issuer, :subject, :kind, :scope, :partitionKey, :role, :actions,
                    :lane, :rule, :issuedAt, :expiresAt, :hardEnd, :revision, :mac)\
                  """)
              .bind("id", lease.id().value())
              .bind("session", lease.sessionId())
              .bind("issuer", lease.principal().issuer())
              .bind("subject", lease.principal().subject())
              .bind("kind", lease.kind().name())
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
          return null;
        });
  }

  Future<Optional<Lease>> find(LeaseId id) {
    return database.transaction(
        handle ->
            handle
                .createQuery("SELECT * FROM lease WHERE id = :id")
                .bind("id", id.value())
                .map((row, context) -> verified(row))
                .findOne()
                .flatMap(lease -> lease));
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

  /** Ends a lease in the store; {@code lease} is the row as it is to become. */
  Future<Void> revoke(Lease lease) {
    return database.transaction(
        handle -> {
          int changed =
              handle
                  .createUpdate(
                      """
                      UPDATE lease SET revoked_at = :revokedAt, revision = :revision, mac = :mac
                      WHERE id = :id AND revision = :revision - 1\
                      """)
                  .bind("id", lease.id().value())
                  .bind("revokedAt", Database.micros(lease.revokedAt().orElseThrow()))
                  .bind("revision", lease.revision())
                  .bind("mac", secrets.rowMac(lease))
                  .execute();
          if (changed != 1) {
            throw new IllegalStateException("lease " + lease.id() + " was changed meanwhile");
          }
          return null;
        });
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
