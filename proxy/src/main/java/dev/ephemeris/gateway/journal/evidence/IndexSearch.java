package dev.ephemeris.gateway.journal.evidence;

import static java.util.Comparator.comparingLong;

import dev.ephemeris.policy.Scope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;

/**
 * Finds the sequences of the entries that a query is for, by the index of whatever the fewest
 * entries have; what else is asked is compared with those. Numbers of terms are the only thing that
 * is put into SQL as text; all that anybody wrote is bound.
 */
final class IndexSearch {

  /**
   * Of so many values each is followed on its own, in order, so that no more is read than shown.
   */
  private static final int MOST_BRANCHES = 12;

  private final Handle handle;

  IndexSearch(Handle handle) {
    this.handle = handle;
  }

  /** A term that is there. */
  private record Term(long id, String text, long entries) {}

  /** Any of these values in any of these columns. */
  private record Condition(List<String> columns, List<Long> ids, long entries, boolean orOfRole) {

    Condition(String column, Collection<Term> terms) {
      this(List.of(column), terms, false);
    }

    Condition(List<String> columns, Collection<Term> terms, boolean orOfRole) {
      this(
          columns,
          terms.stream().map(Term::id).toList(),
          terms.stream().mapToLong(Term::entries).sum(),
          orOfRole);
    }

    /** Each to be found by an index of its own. */
    List<String> branches() {
      List<String> branches = new ArrayList<>();
      boolean each = columns.size() * ids.size() <= MOST_BRANCHES;
      for (String column : columns) {
        if (each) {
          ids.forEach(id -> branches.add(column + " = " + id));
        } else {
          branches.add(column + " IN (" + listed() + ")");
        }
      }
      if (orOfRole) {
        branches.add("sequence IN (" + ofRoles() + ")");
      }
      return branches;
    }

    /** To be compared with what another index finds: a plus sign keeps SQLite from its own. */
    String compared() {
      String any =
          columns.stream()
              .map(column -> "+" + column + " IN (" + listed() + ")")
              .collect(Collectors.joining(" OR "));
      return "(" + any + (orOfRole ? " OR +sequence IN (" + ofRoles() + ")" : "") + ")";
    }

    private String ofRoles() {
      return "SELECT sequence FROM lease_of_role WHERE lease IN (" + listed() + ")";
    }

    private String listed() {
      return ids.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
  }

  /** Between these, ends included. */
  private record Bounds(long first, long last) {}

  /** At most so many, in the page's order. */
  List<Long> sequences(JournalQuery query, boolean newestFirst, OptionalLong from, int atMost) {
    List<Condition> conditions = conditions(query);
    Optional<Bounds> bounds = bounds(query, newestFirst, from);
    // Only what is asked and nowhere to be found leaves a condition without values.
    if (bounds.isEmpty() || conditions.stream().anyMatch(each -> each.ids().isEmpty())) {
      return List.of();
    }
    Map<String, Object> bound = new HashMap<>();
    List<String> compared = new ArrayList<>();
    compared.add("sequence BETWEEN :first AND :last");
    bound.put("first", bounds.get().first());
    bound.put("last", bounds.get().last());
    query.since().ifPresent(since -> time(compared, bound, "at >= :since", "since", since));
    query.until().ifPresent(until -> time(compared, bound, "at < :until", "until", until));
    List<String> texts = new ArrayList<>();
    query.request().ifPresent(id -> text(texts, bound, "request", id));
    query.activity().ifPresent(id -> text(texts, bound, "activity", id));
    List<Condition> rarestFirst =
        conditions.stream().sorted(comparingLong(Condition::entries)).toList();
    List<String> branches;
    if (!texts.isEmpty()) {
      branches = List.of(String.join(" AND ", texts));
      rarestFirst.forEach(condition -> compared.add(condition.compared()));
    } else if (!rarestFirst.isEmpty()) {
      branches = rarestFirst.getFirst().branches();
      rarestFirst.stream().skip(1).forEach(condition -> compared.add(condition.compared()));
    } else {
      branches = List.of("TRUE");
    }
    String rest = String.join(" AND ", compared);
    String sql =
        branches.stream()
                .map(branch -> "SELECT sequence FROM entry WHERE " + branch + " AND " + rest)
                .collect(Collectors.joining(" UNION "))
            + " ORDER BY sequence"
            + (newestFirst ? " DESC" : "")
            + " LIMIT :limit";
    bound.put("limit", atMost);
    try (Query statement = handle.createQuery(sql)) {
      return statement.bindMap(bound).mapTo(Long.class).list();
    }
  }

  private static void time(
      List<String> compared, Map<String, Object> bound, String sql, String name, Instant at) {
    compared.add(sql);
    bound.put(name, Times.nanos(at));
  }

  private static void text(
      List<String> texts, Map<String, Object> bound, String column, String value) {
    texts.add(column + " = :" + column);
    bound.put(column, IdDigest.of(value));
  }

  private List<Condition> conditions(JournalQuery query) {
    List<Condition> conditions = new ArrayList<>();
    query
        .whose()
        .ifPresent(
            names ->
                conditions.add(
                    new Condition(
                        List.of("person", "acts_for", "by_whom"),
                        names.stream().flatMap(name -> term(Kind.PERSON, name)).toList(),
                        false)));
    query.type().ifPresent(type -> conditions.add(one("type", Kind.TYPE, type)));
    query.account().ifPresent(account -> conditions.add(one("account", Kind.ACCOUNT, account)));
    query.scope().ifPresent(scope -> conditions.add(new Condition("scope", within(scope))));
    query.action().ifPresent(action -> conditions.add(new Condition("actions", having(action))));
    query
        .decision()
        .ifPresent(decision -> conditions.add(one("decision", Kind.DECISION, decision)));
    query.session().ifPresent(session -> conditions.add(one("session", Kind.SESSION, session)));
    query
        .lease()
        .ifPresent(
            lease ->
                conditions.add(
                    new Condition(List.of("lease"), term(Kind.LEASE, lease).toList(), true)));
    return conditions;
  }

  private Condition one(String column, Kind kind, String text) {
    return new Condition(column, term(kind, text).toList());
  }

  private Stream<Term> term(Kind kind, String text) {
    return terms("text = :text", kind, Map.of("text", text)).stream();
  }

  /** A scope and those that begin with it and a slash; a zero is what comes after a slash. */
  private List<Term> within(Scope scope) {
    String beneath = JournalQuery.beneath(scope);
    return terms(
        "(text = :text OR (text >= :from AND text < :to))",
        Kind.SCOPE,
        Map.of(
            "text",
            scope.toString(),
            "from",
            beneath,
            "to",
            beneath.substring(0, beneath.length() - 1) + "0"));
  }

  /** There are few, as roles and operations have the same actions again and again. */
  private List<Term> having(String action) {
    return terms("TRUE", Kind.ACTIONS, Map.of()).stream()
        .filter(all -> List.of(all.text().split("\n", -1)).contains(action))
        .toList();
  }

  private List<Term> terms(String which, Kind kind, Map<String, String> bound) {
    try (Query query =
        handle.createQuery("SELECT id, text, entries FROM term WHERE kind = :kind AND " + which)) {
      return query
          .bind("kind", kind.stored())
          .bindMap(bound)
          .map((row, context) -> new Term(row.getLong(1), row.getString(2), row.getLong(3)))
          .list();
    }
  }

  /** Where to look: by the page, and by the hours that the time asked for touches. */
  private Optional<Bounds> bounds(JournalQuery query, boolean newestFirst, OptionalLong from) {
    long first = newestFirst ? 0 : from.orElse(0);
    long last = newestFirst ? from.orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
    if (query.since().isEmpty() && query.until().isEmpty()) {
      return Optional.of(new Bounds(first, last));
    }
    return sequencesBetween(
            handle,
            query.since().map(Times::nanos).orElse(Long.MIN_VALUE),
            query.until().map(Times::nanos).orElse(Long.MAX_VALUE))
        .map(
            touched ->
                new Bounds(Math.max(first, touched.getFirst()), Math.min(last, touched.getLast())));
  }

  /** The first and the last of the entries of the hours that these times touch. */
  static Optional<List<Long>> sequencesBetween(Handle handle, long since, long until) {
    try (Query query =
        handle.createQuery("SELECT min(first), max(last) FROM hour WHERE hour BETWEEN ? AND ?")) {
      return query
          .bind(0, Times.hour(since))
          .bind(1, Times.hour(until))
          .map(
              (row, context) -> {
                long first = row.getLong(1);
                return row.wasNull()
                    ? Optional.<List<Long>>empty()
                    : Optional.of(List.of(first, row.getLong(2)));
              })
          .one();
    }
  }
}
