package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Takes entries into the index, in order, some at a time.
 *
 * <p>For one thread at a time. After a transaction that failed it is of no use any more: what it
 * remembers isn't there.
 */
final class IndexWriter {

  private static final int MOST_TERMS = 100_000;
  private static final int MOST_INTENTS = 50_000;
  private static final int NONE = 0;

  private record Term(Kind kind, String text) {}

  /** What of an entry's facets is in its row, but for what is its own. */
  private record Row(
      @Nullable Long person,
      @Nullable Long actsFor,
      @Nullable Long by,
      @Nullable Long account,
      @Nullable Long scope,
      @Nullable Long actions,
      @Nullable Long decision,
      @Nullable Long rule,
      @Nullable Long session,
      @Nullable Long lease) {}

  private record Tallied(long hour, long type, long decision, int status) {}

  private record Used(long type, long person, long actsFor, long rule, long scope, long actions) {}

  private record Use(long at, long sequence, long times) {
    Use with(long at, long sequence) {
      return new Use(Math.max(this.at, at), sequence, times + 1);
    }
  }

  private record Hour(long first, long last) {}

  private final Map<Term, Long> terms = remembering(MOST_TERMS);

  /**
   * By request, what its intent is about, more than are taken at a time: most outcomes come soon.
   */
  private final Map<String, Row> intents = remembering(MOST_INTENTS);

  /** Takes these, which follow those that were taken before. */
  void take(Handle handle, List<JournalEntry> entries) {
    Map<Long, Long> seen = new HashMap<>();
    Map<Tallied, Long> tallies = new HashMap<>();
    Map<Used, Use> uses = new HashMap<>();
    Map<Long, Hour> hours = new HashMap<>();
    try (PreparedBatch rows =
            handle.prepareBatch(
                "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        PreparedBatch shared = handle.prepareBatch("INSERT INTO lease_of_role VALUES (?, ?)")) {
      for (JournalEntry entry : entries) {
        Facets facets = Facets.of(entry);
        long at = Times.nanos(facets.at());
        long type = id(handle, Kind.TYPE, facets.type(), seen);
        Row row = row(handle, facets, seen);
        rows.bind(0, entry.sequence())
            .bind(1, at)
            .bind(2, type)
            .bind(3, row.person())
            .bind(4, row.actsFor())
            .bind(5, row.by())
            .bind(6, row.account())
            .bind(7, row.scope())
            .bind(8, row.actions())
            .bind(9, row.decision())
            .bind(10, row.rule())
            .bind(11, row.session())
            .bind(12, row.lease())
            .bind(13, facets.request().map(IdDigest::of).orElse(null))
            .bind(14, facets.activity().map(IdDigest::of).orElse(null))
            .bind(15, facets.status().orElse(null))
            .add();
        if (facets.leases().size() > 1) {
          for (String lease : facets.leases().stream().distinct().toList()) {
            shared.bind(0, id(handle, Kind.LEASE, lease, seen)).bind(1, entry.sequence()).add();
          }
        }
        long hour = Times.hour(at);
        hours.merge(
            hour,
            new Hour(entry.sequence(), entry.sequence()),
            (before, now) -> new Hour(before.first(), now.last()));
        tallies.merge(
            new Tallied(hour, type, orNone(row.decision()), facets.status().orElse(NONE)),
            1L,
            Long::sum);
        if (isUse(facets)) {
          uses.merge(
              new Used(
                  type,
                  orNone(row.person()),
                  orNone(row.actsFor()),
                  orNone(row.rule()),
                  orNone(row.scope()),
                  orNone(row.actions())),
              new Use(at, entry.sequence(), 1),
              (before, now) -> before.with(now.at(), now.sequence()));
        }
      }
      if (rows.size() > 0) {
        rows.execute();
      }
      if (shared.size() > 0) {
        shared.execute();
      }
    }
    count(handle, seen);
    tally(handle, tallies);
    use(handle, uses);
    pass(handle, hours);
  }

  /** What somebody was given, took or used, and was allowed. */
  private static boolean isUse(Facets facets) {
    return switch (facets.type()) {
      case Facets.INTENT, Facets.ISSUED -> true;
      case Facets.OPERATION -> facets.decision().filter(Facets.ALLOW::equals).isPresent();
      default -> false;
    };
  }

  private Row row(Handle handle, Facets facets, Map<Long, Long> seen) {
    Optional<String> request = facets.request();
    if (request.isPresent() && facets.isOutcome()) {
      Row intent = intents.remove(request.get());
      if (intent == null) {
        intent = intent(handle, request.get()).orElse(null);
      }
      if (intent != null) {
        see(intent, seen);
        return intent;
      }
    }
    Row row =
        new Row(
            id(handle, Kind.PERSON, facets.person(), seen),
            id(handle, Kind.PERSON, facets.actsFor(), seen),
            id(handle, Kind.PERSON, facets.by(), seen),
            id(handle, Kind.ACCOUNT, facets.account(), seen),
            id(handle, Kind.SCOPE, facets.scope(), seen),
            facets.actions().isEmpty()
                ? null
                : (Long) id(handle, Kind.ACTIONS, String.join("\n", facets.actions()), seen),
            id(handle, Kind.DECISION, facets.decision(), seen),
            id(handle, Kind.RULE, facets.rule(), seen),
            id(handle, Kind.SESSION, facets.session(), seen),
            facets.leases().size() == 1
                ? (Long) id(handle, Kind.LEASE, facets.leases().getFirst(), seen)
                : null);
    if (request.isPresent() && facets.isIntent()) {
      intents.put(request.get(), row);
    }
    return row;
  }

  /** An outcome has what its intent has. */
  private static void see(Row row, Map<Long, Long> seen) {
    for (Long id :
        new @Nullable Long[] {
          row.person(),
          row.actsFor(),
          row.by(),
          row.account(),
          row.scope(),
          row.actions(),
          row.decision(),
          row.rule(),
          row.session(),
          row.lease()
        }) {
      if (id != null) {
        seen.merge(id, 1L, Long::sum);
      }
    }
  }

  private Optional<Row> intent(Handle handle, String request) {
    try (Query query =
        handle.createQuery(
            """
            SELECT person, acts_for, by_whom, account, scope, actions, decision, rule, session, lease
            FROM entry WHERE request = ? AND type = (
              SELECT id FROM term WHERE kind = 'type' AND text = 'requestIntent')
            ORDER BY sequence DESC LIMIT 1\
            """)) {
      return query
          .bind(0, IdDigest.of(request))
          .map(
              (found, context) ->
                  new Row(
                      number(found, 1),
                      number(found, 2),
                      number(found, 3),
                      number(found, 4),
                      number(found, 5),
                      number(found, 6),
                      number(found, 7),
                      number(found, 8),
                      number(found, 9),
                      number(found, 10)))
          .findOne();
    }
  }

  private static @Nullable Long number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : (Long) number;
  }

  private @Nullable Long id(Handle handle, Kind kind, Optional<String> text, Map<Long, Long> seen) {
    return text.isPresent() ? (Long) id(handle, kind, text.get(), seen) : null;
  }

  private long id(Handle handle, Kind kind, String text, Map<Long, Long> seen) {
    long id = terms.computeIfAbsent(new Term(kind, text), term -> find(handle, term));
    seen.merge(id, 1L, Long::sum);
    return id;
  }

  private static long find(Handle handle, Term term) {
    try (Query query =
        handle.createQuery(
            """
            INSERT INTO term (kind, text, entries) VALUES (?, ?, 0)
            ON CONFLICT (kind, text) DO UPDATE SET entries = entries RETURNING id\
            """)) {
      return query.bind(0, term.kind().stored()).bind(1, term.text()).mapTo(long.class).one();
    }
  }

  private static void count(Handle handle, Map<Long, Long> seen) {
    try (PreparedBatch batch =
        handle.prepareBatch("UPDATE term SET entries = entries + ? WHERE id = ?")) {
      seen.forEach((id, times) -> batch.bind(0, times).bind(1, id).add());
      batch.execute();
    }
  }

  private static void tally(Handle handle, Map<Tallied, Long> tallies) {
    try (PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO tally VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET entries = entries + excluded.entries\
            """)) {
      tallies.forEach(
          (of, entries) ->
              batch
                  .bind(0, of.hour())
                  .bind(1, of.type())
                  .bind(2, of.decision())
                  .bind(3, of.status())
                  .bind(4, entries)
                  .add());
      batch.execute();
    }
  }

  private static void use(Handle handle, Map<Used, Use> uses) {
    if (uses.isEmpty()) {
      return;
    }
    try (PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO used VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET at = max(at, excluded.at), sequence = excluded.sequence,
              times = times + excluded.times\
            """)) {
      uses.forEach(
          (of, use) ->
              batch
                  .bind(0, of.type())
                  .bind(1, of.person())
                  .bind(2, of.actsFor())
                  .bind(3, of.rule())
                  .bind(4, of.scope())
                  .bind(5, of.actions())
                  .bind(6, use.at())
                  .bind(7, use.sequence())
                  .bind(8, use.times())
                  .add());
      batch.execute();
    }
  }

  private static void pass(Handle handle, Map<Long, Hour> hours) {
    try (PreparedBatch batch =
        handle.prepareBatch(
            """
            INSERT INTO hour VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET last = max(last, excluded.last)\
            """)) {
      hours.forEach((hour, of) -> batch.bind(0, hour).bind(1, of.first()).bind(2, of.last()).add());
      batch.execute();
    }
  }

  private static long orNone(@Nullable Long id) {
    return id == null ? NONE : id;
  }

  private static <K, V> Map<K, V> remembering(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }
}
