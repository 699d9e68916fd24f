package dev.ephemeris.gateway.journal.evidence;

import static java.util.Comparator.comparingLong;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.evidence.SessionTimeline.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Puts a session's timeline together. */
final class SessionSearch {

  private static final int MOST_EVENTS = 1_000;

  /** So many requests are shown one by one; of more, those that are alike together. */
  private static final int MOST_REQUESTS = 200;

  private SessionSearch() {}

  /** Where to find what is to be shown. */
  private record Traces(
      List<Long> events, List<Long> requests, List<SessionTimeline.Requests> alike, boolean more) {}

  static Optional<SessionTimeline> of(EvidenceIndex index, String sessionId)
      throws JournalException {
    index.awaitSealed();
    Progress progress = index.progress();
    Traces traces = index.ask(handle -> traces(handle, sessionId));
    List<Event> events = new ArrayList<>(traces.alike());
    index.read(traces.events()).stream().map(SessionTimeline.Recorded::new).forEach(events::add);
    events.addAll(requests(index.read(traces.requests())));
    if (events.isEmpty()) {
      return Optional.empty();
    }
    events.sort(comparingLong(Event::sequence));
    return Optional.of(new SessionTimeline(sessionId, events, traces.more(), progress));
  }

  /** Intents with their outcomes. */
  private static List<Event> requests(List<JournalEntry> entries) {
    Map<String, SessionTimeline.Request> requests = new LinkedHashMap<>();
    for (JournalEntry entry : entries) {
      String request = Facets.of(entry).request().orElse("");
      requests.compute(
          request,
          (id, known) ->
              known == null
                  ? new SessionTimeline.Request(entry, Optional.empty())
                  : new SessionTimeline.Request(known.intent(), Optional.of(entry)));
    }
    return List.copyOf(requests.values());
  }

  private static Traces traces(Handle handle, String sessionId) {
    Map<String, Long> types =
        Stream.of(Facets.INTENT, Facets.OUTCOME, Facets.UNKNOWN, Facets.ISSUED)
            .collect(Collectors.toMap(type -> type, type -> id(handle, Kind.TYPE, type)));
    long session = id(handle, Kind.SESSION, sessionId);
    Map<String, Object> bound = new HashMap<>(types);
    bound.put("session", session);
    // What is renewed, minted or assigned for its leases is its, too, and may name no session.
    String its =
        """
        (session = :session OR lease IN (SELECT lease FROM entry WHERE session = :session
          AND +type = :leaseIssued)
          OR sequence IN (SELECT sequence FROM lease_of_role WHERE lease IN (
            SELECT lease FROM entry WHERE session = :session AND +type = :leaseIssued)))
        """;
    String ofRequests = "+type IN (:requestIntent, :requestOutcome, :outcomeUnknown)";
    List<Long> events =
        list(
            handle,
            "SELECT sequence FROM entry WHERE "
                + its
                + " AND NOT "
                + ofRequests
                + " ORDER BY"
                + " sequence LIMIT "
                + (MOST_EVENTS + 1),
            bound);
    List<Long> requests =
        list(
            handle,
            "SELECT sequence FROM entry WHERE session = :session AND "
                + ofRequests
                + " ORDER BY"
                + " sequence LIMIT "
                + (2 * MOST_REQUESTS + 1),
            bound);
    boolean many = requests.size() > 2 * MOST_REQUESTS;
    List<SessionTimeline.Requests> alike = many ? alike(handle, bound) : List.of();
    boolean more = events.size() > MOST_EVENTS || alike.size() > MOST_EVENTS;
    return new Traces(
        events.stream().limit(MOST_EVENTS).toList(),
        many ? List.of() : requests,
        alike.stream().limit(MOST_EVENTS).toList(),
        more);
  }

  private record Alike(long lease, long scope, long actions) {}

  private static List<SessionTimeline.Requests> alike(Handle handle, Map<String, Object> bound) {
    Map<Alike, Map<Integer, Long>> statuses = new HashMap<>();
    Map<Alike, Long> unknown = new HashMap<>();
    try (Query query =
        handle.createQuery(
            """
            SELECT lease, scope, actions, status, count(*), type FROM entry
            WHERE session = :session AND +type IN (:requestOutcome, :outcomeUnknown)
            GROUP BY lease, scope, actions, status, type\
            """)) {
      long ofUnknown = (Long) bound.getOrDefault(Facets.UNKNOWN, 0L);
      query
          .bindMap(bound)
          .map(
              (row, context) -> {
                Alike of = new Alike(row.getLong(1), row.getLong(2), row.getLong(3));
                if (row.getLong(6) == ofUnknown) {
                  unknown.merge(of, row.getLong(5), Long::sum);
                } else {
                  statuses
                      .computeIfAbsent(of, none -> new TreeMap<>())
                      .merge(row.getInt(4), row.getLong(5), Long::sum);
                }
                return of;
              })
          .list();
    }
    try (Query query =
        handle.createQuery(
            """
            SELECT e.lease, e.scope, e.actions, min(e.at), max(e.at), min(e.sequence),
              max(e.sequence), count(*), lease.text, scope.text, actions.text
            FROM entry e
            LEFT JOIN term lease ON lease.id = e.lease
            LEFT JOIN term scope ON scope.id = e.scope
            LEFT JOIN term actions ON actions.id = e.actions
            WHERE e.session = :session AND +e.type = :requestIntent
            GROUP BY e.lease, e.scope, e.actions ORDER BY min(e.sequence) LIMIT :limit\
            """)) {
      return query
          .bindMap(bound)
          .bind("limit", MOST_EVENTS + 1)
          .map(
              (row, context) -> {
                Alike of = new Alike(row.getLong(1), row.getLong(2), row.getLong(3));
                return new SessionTimeline.Requests(
                    Optional.ofNullable(row.getString(9)),
                    Optional.ofNullable(row.getString(10)),
                    EvidenceIndex.lines(Optional.ofNullable(row.getString(11))),
                    Times.instant(row.getLong(4)),
                    Times.instant(row.getLong(5)),
                    row.getLong(6),
                    row.getLong(7),
                    row.getLong(8),
                    statuses.getOrDefault(of, Map.of()),
                    unknown.getOrDefault(of, 0L));
              })
          .list();
    }
  }

  private static List<Long> list(Handle handle, String sql, Map<String, Object> bound) {
    try (Query query = handle.createQuery(sql)) {
      return query.bindMap(bound).mapTo(Long.class).list();
    }
  }

  /** 0, which is nothing's, if there is none. */
  private static long id(Handle handle, Kind kind, String text) {
    try (Query query =
        handle.createQuery("SELECT id FROM term WHERE kind = :kind AND text = :text")) {
      return query
          .bind("kind", kind.stored())
          .bind("text", text)
          .mapTo(Long.class)
          .findOne()
          .orElse(0L);
    }
  }
}
