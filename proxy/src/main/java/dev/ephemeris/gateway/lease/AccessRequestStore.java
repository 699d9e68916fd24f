package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Access requests in the store. A row whose MAC isn't ours doesn't come back as one. */
final class AccessRequestStore {

  private static final Logger LOG = LoggerFactory.getLogger(AccessRequestStore.class);

  private static final int MOST_LISTED = 200;

  /** Of those that go on, which approvers are shown theirs of. */
  private static final int MOST_OPEN = 2_000;

  private static final Set<AccessRequest.State> OPEN =
      Set.of(
          AccessRequest.State.WAITING,
          AccessRequest.State.APPROVED,
          AccessRequest.State.UNREVIEWED);

  /** Of one who acts for one, or for nobody: no issuer's name is empty. */
  private static final String BY_EXACTLY =
      """
      issuer = :issuer AND subject = :subject
        AND COALESCE(acts_for_issuer, '') = :actsForIssuer
        AND COALESCE(acts_for_subject, '') = :actsForSubject\
      """;

  private final Database database;
  private final RowSeal seal;

  AccessRequestStore(Database database, RowSeal seal) {
    this.database = database;
    this.seal = seal;
  }

  <T> Future<T> transaction(HandleCallback<T, Exception> work) {
    return database.transaction(work);
  }

  void insert(Handle handle, AccessRequest request) {
    String body = AccessRequestRow.body(request);
    handle
        .createUpdate(
            """
            INSERT INTO access_request (id, issuer, subject, acts_for_issuer, acts_for_subject,
              asked_at, closes_at, revision, body, mac)
            VALUES (:id, :issuer, :subject, :actsForIssuer, :actsForSubject, :askedAt, :closesAt,
              :revision, :body, :mac)\
            """)
        .bind("id", request.id())
        .bind("issuer", request.requester().id().issuer())
        .bind("subject", request.requester().id().subject())
        .bind("actsForIssuer", request.actsFor().map(whom -> whom.id().issuer()))
        .bind("actsForSubject", request.actsFor().map(whom -> whom.id().subject()))
        .bind("askedAt", Database.micros(request.askedAt()))
        .bind("closesAt", closesAt(request))
        .bind("revision", request.revision())
        .bind("body", body)
        .bind("mac", mac(request, body))
        .execute();
  }

  /** Keeps what became of one that was found in the same transaction. */
  void update(Handle handle, AccessRequest request) {
    String body = AccessRequestRow.body(request);
    handle
        .createUpdate(
            """
            UPDATE access_request SET closes_at = :closesAt, revision = :revision, body = :body,
              mac = :mac
            WHERE id = :id\
            """)
        .bind("id", request.id())
        .bind("closesAt", closesAt(request))
        .bind("revision", request.revision())
        .bind("body", body)
        .bind("mac", mac(request, body))
        .execute();
  }

  private byte[] mac(AccessRequest request, String body) {
    return seal.mac(AccessRequestRow.canonical(request.id(), request.revision(), body));
  }

  /** Until when it goes on; empty for as long as somebody has to look at it. */
  private static Optional<Long> closesAt(AccessRequest request) {
    return switch (request.state(Instant.MIN)) {
      case WAITING, APPROVED -> Optional.of(Database.micros(request.closesAt()));
      case UNREVIEWED -> Optional.empty();
      case DENIED, WITHDRAWN, EXPIRED, PICKED_UP, REVIEWED -> Optional.of(0L);
    };
  }

  Optional<AccessRequest> find(Handle handle, String id) {
    return handle
        .createQuery("SELECT * FROM access_request WHERE id = :id")
        .bind("id", id)
        .map((row, context) -> verified(row))
        .findOne()
        .flatMap(found -> found);
  }

  /** This one's, and those of agents that act for them; the newest first, at most 200. */
  List<AccessRequest> of(Handle handle, PrincipalId principal) {
    return list(
            handle
                .createQuery(
                    """
                    SELECT * FROM access_request WHERE (issuer = :issuer AND subject = :subject)
                      OR (acts_for_issuer = :issuer AND acts_for_subject = :subject)
                    ORDER BY asked_at DESC LIMIT :limit\
                    """)
                .bind("issuer", principal.issuer())
                .bind("subject", principal.subject())
                .bind("limit", MOST_LISTED))
        .stream()
        .filter(request -> request.concerns(principal))
        .toList();
  }

  /** What this agent has asked for whom it acts for; the newest first, at most 200. */
  List<AccessRequest> of(Handle handle, PrincipalId agent, PrincipalId actsFor) {
    return list(
            handle
                .createQuery(
                    "SELECT * FROM access_request WHERE "
                        + BY_EXACTLY
                        + " ORDER BY asked_at DESC LIMIT :limit")
                .bind("issuer", agent.issuer())
                .bind("subject", agent.subject())
                .bind("actsForIssuer", actsFor.issuer())
                .bind("actsForSubject", actsFor.subject())
                .bind("limit", MOST_LISTED))
        .stream()
        .filter(request -> request.isBy(agent, Optional.of(actsFor)))
        .toList();
  }

  /**
   * How many of this one's own wait, or are to be picked up.
   *
   * @param actsFor for whom they ask, if it is an agent: of others it says nothing
   */
  int waiting(Handle handle, PrincipalId principal, Optional<PrincipalId> actsFor, Instant now) {
    return count(handle, principal, actsFor, "closes_at > " + Database.micros(now));
  }

  /** How many glasses of this one's nobody has looked at. */
  int unreviewed(Handle handle, PrincipalId principal) {
    return count(handle, principal, Optional.empty(), "closes_at IS NULL");
  }

  private static int count(
      Handle handle, PrincipalId principal, Optional<PrincipalId> actsFor, String which) {
    return handle
        .createQuery("SELECT count(*) FROM access_request WHERE " + BY_EXACTLY + " AND " + which)
        .bind("issuer", principal.issuer())
        .bind("subject", principal.subject())
        .bind("actsForIssuer", actsFor.map(PrincipalId::issuer).orElse(""))
        .bind("actsForSubject", actsFor.map(PrincipalId::subject).orElse(""))
        .mapTo(int.class)
        .one();
  }

  /** Everybody's that go on; those to be looked at, then the newest; at most 2,000. */
  List<AccessRequest> open(Handle handle, Instant now) {
    return list(
            handle
                .createQuery(
                    """
                    SELECT * FROM access_request WHERE closes_at IS NULL OR closes_at > :now
                    ORDER BY closes_at IS NOT NULL, asked_at DESC LIMIT :limit\
                    """)
                .bind("now", Database.micros(now))
                .bind("limit", MOST_OPEN))
        .stream()
        .filter(request -> OPEN.contains(request.state(now)))
        .toList();
  }

  private List<AccessRequest> list(Query query) {
    return query.map((row, context) -> verified(row)).stream().flatMap(Optional::stream).toList();
  }

  /** All of it. */
  SealedRows rows() {
    return SealedRows.of("access_request", "id", seal, AccessRequestStore::canonical);
  }

  private static byte[] canonical(ResultSet row) throws SQLException {
    return AccessRequestRow.canonical(
        row.getString("id"), row.getInt("revision"), row.getString("body"));
  }

  private Optional<AccessRequest> verified(ResultSet row) throws SQLException {
    try {
      if (seal.made(canonical(row), row.getBytes("mac"))) {
        return Optional.of(
            AccessRequestRow.read(
                row.getString("id"), row.getInt("revision"), row.getString("body")));
      }
    } catch (RuntimeException notARequest) {
      // As if its MAC didn't fit: it can't, whatever it is that can't be read in it.
    }
    LOG.atError()
        .addKeyValue("accessRequestId", row.getString("id"))
        .log(
            "A stored access request isn't as we wrote it; it is ignored. Who can write to the"
                + " store?");
    return Optional.empty();
  }
}
