package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.NewestFirst;
import dev.ephemeris.gateway.store.Page;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Access requests in the store. A row whose MAC isn't ours doesn't come back as one. */
final class AccessRequestStore {

  private static final Logger LOG = LoggerFactory.getLogger(AccessRequestStore.class);

  private static final NewestFirst NEWEST_FIRST = new NewestFirst("access_request", "asked_at");

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

  /** This one's, and those of agents that act for them; the newest first. */
  Page<AccessRequest> of(Handle handle, PrincipalId principal, PageWanted wanted) {
    return NEWEST_FIRST.page(
        handle,
        wanted,
        new NewestFirst.Which(
            List.of(
                "issuer = :issuer AND subject = :subject",
                "acts_for_issuer = :issuer AND acts_for_subject = :subject"),
            Map.of("issuer", principal.issuer(), "subject", principal.subject())),
        row -> verified(row).filter(request -> request.concerns(principal)));
  }

  /** What this agent has asked for whom it acts for; the newest first. */
  Page<AccessRequest> of(Handle handle, PrincipalId agent, PrincipalId actsFor, PageWanted wanted) {
    return NEWEST_FIRST.page(
        handle,
        wanted,
        new NewestFirst.Which(
            List.of(BY_EXACTLY),
            Map.of(
                "issuer",
                agent.issuer(),
                "subject",
                agent.subject(),
                "actsForIssuer",
                actsFor.issuer(),
                "actsForSubject",
                actsFor.subject())),
        row -> verified(row).filter(request -> request.isBy(agent, Optional.of(actsFor))));
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

  /** Everybody's that go on, the newest first. */
  Page<AccessRequest> open(Handle handle, Instant now, PageWanted wanted) {
    return NEWEST_FIRST.page(
        handle,
        wanted,
        new NewestFirst.Which(
            List.of("closes_at IS NULL OR closes_at > :now"), Map.of("now", Database.micros(now))),
        row -> verified(row).filter(request -> OPEN.contains(request.state(now))));
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
