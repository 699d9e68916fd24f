package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/** Finds what a report says. */
final class ReportSearch {

  /** So many entries of a topic are listed; all are counted. */
  static final int MOST = 5_000;

  private final EvidenceIndex index;
  private final Report.Wanted wanted;
  private final long from;
  private final long to;

  ReportSearch(EvidenceIndex index, Report.Wanted wanted) {
    this.index = index;
    this.wanted = wanted;
    this.from = Times.nanos(wanted.from());
    this.to = Times.nanos(wanted.to());
  }

  /** How many there were of a kind. */
  private record Counted(String type, Optional<String> decision, int status, long entries) {}

  /** Entries of one moment of the index. */
  private record Snapshot(
      List<Counted> counted, Map<Topic, List<Long>> sequences, long hours, long silentHours) {}

  Report report(Standing standing, Optional<String> checkpoint) throws JournalException {
    index.awaitSealed();
    Progress progress = index.progress();
    Optional<Instant> since = index.since();
    Snapshot snapshot = index.ask(handle -> snapshot(handle, standing.at()));
    List<Report.Evidence> evidence = new ArrayList<>();
    for (Topic topic : Topic.values()) {
      evidence.add(evidence(topic, snapshot));
    }
    Map<String, Long> records = new TreeMap<>();
    snapshot.counted().forEach(each -> records.merge(each.type(), each.entries(), Long::sum));
    return new Report(
        wanted.framework(),
        wanted.from(),
        wanted.to(),
        standing.at(),
        progress,
        checkpoint,
        since,
        evidence,
        records,
        requests(snapshot),
        AccessReview.of(standing, AccessReview.Wanted.ALL, index));
  }

  private Report.Evidence evidence(Topic topic, Snapshot snapshot) throws JournalException {
    Map<String, Long> byType = new TreeMap<>();
    for (Counted counted : snapshot.counted()) {
      if (topic.sorts().stream().anyMatch(sort -> isOf(sort, counted))) {
        byType.merge(counted.type(), counted.entries(), Long::sum);
      }
    }
    long count = byType.values().stream().mapToLong(Long::longValue).sum();
    List<Long> sequences = snapshot.sequences().getOrDefault(topic, List.of());
    List<JournalEntry> entries = index.read(sequences);
    return new Report.Evidence(
        topic,
        count,
        byType,
        count > sequences.size() ? Optional.empty() : Optional.of(people(entries)),
        entries,
        sequences);
  }

  private static boolean isOf(Topic.Sort sort, Counted counted) {
    return sort.type().equals(counted.type())
        && (sort.decision().isEmpty() || sort.decision().equals(counted.decision()));
  }

  private static long people(List<JournalEntry> entries) {
    Set<String> people = new HashSet<>();
    entries.forEach(entry -> Facets.of(entry).person().ifPresent(people::add));
    return people.size();
  }

  private static Report.Requests requests(Snapshot snapshot) {
    Map<Integer, Long> statuses = new TreeMap<>();
    long allowed = 0;
    long unknown = 0;
    for (Counted counted : snapshot.counted()) {
      switch (counted.type()) {
        case Facets.INTENT -> allowed += counted.entries();
        case Facets.UNKNOWN -> unknown += counted.entries();
        case Facets.OUTCOME -> statuses.merge(counted.status(), counted.entries(), Long::sum);
        default -> {}
      }
    }
    return new Report.Requests(
        allowed, statuses, unknown, snapshot.hours(), snapshot.silentHours());
  }

  private Snapshot snapshot(Handle handle, Instant now) {
    Map<Topic, List<Long>> sequences = new HashMap<>();
    for (Topic topic : Topic.values()) {
      sequences.put(topic, sequences(handle, topic));
    }
    long firstHour = Times.hour(from);
    long lastHour = Times.hour(Math.min(to - 1, Times.nanos(now)));
    long hours = Math.max(0, lastHour - firstHour + 1);
    long withRecords =
        handle
            .createQuery("SELECT count(*) FROM hour WHERE hour BETWEEN ? AND ?")
            .bind(0, firstHour)
            .bind(1, lastHour)
            .mapTo(long.class)
            .one();
    return new Snapshot(counted(handle), sequences, hours, hours - Math.min(hours, withRecords));
  }

  private List<Long> sequences(Handle handle, Topic topic) {
    IndexSearch search = new IndexSearch(handle);
    return topic.sorts().stream()
        .flatMap(sort -> search.sequences(query(sort), false, OptionalLong.empty(), MOST).stream())
        .sorted()
        .limit(MOST)
        .toList();
  }

  private JournalQuery query(Topic.Sort sort) {
    JournalQuery any = JournalQuery.ANY;
    return new JournalQuery(
        any.whose(),
        Optional.of(sort.type()),
        any.account(),
        any.scope(),
        any.action(),
        sort.decision(),
        any.session(),
        any.lease(),
        any.request(),
        any.activity(),
        Optional.of(wanted.from()),
        Optional.of(wanted.to()));
  }

  /** Whole hours from the tally, what is left of the period one by one. */
  private List<Counted> counted(Handle handle) {
    long firstWhole = Times.hour(from - 1) + 1;
    long endOfWhole = Times.hour(to);
    List<Counted> counted = new ArrayList<>();
    if (firstWhole >= endOfWhole) {
      counted.addAll(oneByOne(handle, from, to));
      return counted;
    }
    counted.addAll(oneByOne(handle, from, Times.start(firstWhole)));
    counted.addAll(oneByOne(handle, Times.start(endOfWhole), to));
    try (Query query =
        handle.createQuery(
            """
            SELECT type.text, decision.text, t.status, sum(t.entries) FROM tally t
            JOIN term type ON type.id = t.type
            LEFT JOIN term decision ON decision.id = t.decision
            WHERE t.hour >= ? AND t.hour < ?
            GROUP BY t.type, t.decision, t.status\
            """)) {
      counted.addAll(list(query.bind(0, firstWhole).bind(1, endOfWhole)));
    }
    return counted;
  }

  private static List<Counted> oneByOne(Handle handle, long from, long to) {
    Optional<List<Long>> between =
        from < to ? IndexSearch.sequencesBetween(handle, from, to) : Optional.empty();
    if (between.isEmpty()) {
      return List.of();
    }
    try (Query query =
        handle.createQuery(
            """
            SELECT type.text, decision.text, coalesce(e.status, 0), count(*) FROM entry e
            JOIN term type ON type.id = e.type
            LEFT JOIN term decision ON decision.id = e.decision
            WHERE e.sequence BETWEEN ? AND ? AND e.at >= ? AND e.at < ?
            GROUP BY e.type, e.decision, e.status\
            """)) {
      return list(
          query
              .bind(0, between.get().getFirst())
              .bind(1, between.get().getLast())
              .bind(2, from)
              .bind(3, to));
    }
  }

  private static List<Counted> list(Query query) {
    return query
        .map(
            (row, context) ->
                new Counted(
                    row.getString(1),
                    Optional.ofNullable(row.getString(2)),
                    row.getInt(3),
                    row.getLong(4)))
        .list();
  }
}
