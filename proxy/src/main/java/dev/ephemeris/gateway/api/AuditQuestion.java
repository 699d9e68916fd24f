package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.journal.evidence.AccessReview;
import dev.ephemeris.gateway.journal.evidence.Framework;
import dev.ephemeris.gateway.journal.evidence.JournalQuery;
import dev.ephemeris.gateway.journal.evidence.Page;
import dev.ephemeris.gateway.journal.evidence.Report;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What the query of a request asks the journal. What isn't in the contract is refused, and so is
 * what stands there twice: a name that is misspelt would ask for everybody's.
 */
final class AuditQuestion {

  private static final Set<String> PEOPLE = Set.of("principal", "user", "group");
  private static final Set<String> PLACES = Set.of("account", "scope");
  private static final Set<String> ENTRIES =
      Set.of(
          "type",
          "action",
          "decision",
          "session",
          "lease",
          "request",
          "activity",
          "since",
          "until",
          "order",
          "cursor",
          "limit");
  private static final Set<String> PERIOD = Set.of("framework", "from", "to");
  private static final int USUAL_SIZE = 100;

  private final Map<String, String> given;

  private AuditQuestion(Map<String, String> given) {
    this.given = given;
  }

  /**
   * A search.
   *
   * @throws IllegalArgumentException if it isn't as the contract has it; the same for the others
   */
  static AuditQuestion ofEntries(RoutingContext context) {
    return of(context, List.of(PEOPLE, PLACES, ENTRIES));
  }

  /** Who has access. */
  static AuditQuestion ofAccess(RoutingContext context) {
    return of(context, List.of(PEOPLE, PLACES));
  }

  /** A report. */
  static AuditQuestion ofReport(RoutingContext context) {
    return of(context, List.of(PERIOD));
  }

  private static AuditQuestion of(RoutingContext context, List<Set<String>> known) {
    Set<String> names = new TreeSet<>();
    known.forEach(names::addAll);
    Map<String, String> given = new HashMap<>();
    context
        .queryParams()
        .forEach(
            (name, value) -> {
              if (!names.contains(name)) {
                throw new IllegalArgumentException(
                    "“" + name + "” isn't asked here; there are " + String.join(", ", names) + ".");
              }
              if (given.put(name, value) != null) {
                throw new IllegalArgumentException("“" + name + "” is asked twice.");
              }
            });
    if (Stream.of("principal", "user", "group").filter(given::containsKey).count() > 1) {
      throw new IllegalArgumentException("Ask for one of principal, user and group.");
    }
    return new AuditQuestion(given);
  }

  /** The ref of the User or the Group that is asked for, if one is. */
  Optional<String> named() {
    return text("user", UserRef::parse)
        .map(UserRef::toString)
        .or(() -> text("group", GroupRef::parse).map(GroupRef::toString));
  }

  /**
   * Whose, if that is asked.
   *
   * @param people principals by ref
   */
  Optional<Set<String>> principals(Map<String, Set<String>> people) {
    return text("principal", PrincipalId::parse)
        .map(principal -> Set.of(principal.toString()))
        .or(() -> named().map(name -> known(people, name)));
  }

  /** A name that is misspelt has no principals, and nothing would be said of that. */
  private static Set<String> known(Map<String, Set<String>> people, String name) {
    Set<String> principals = people.get(name);
    if (principals == null) {
      throw new IllegalArgumentException("The catalog has no “" + name + "” now.");
    }
    return principals;
  }

  /**
   * @param people principals by ref
   */
  JournalQuery query(Map<String, Set<String>> people) {
    return new JournalQuery(
        principals(people).map(principals -> withRef(principals)),
        text("type"),
        text("account"),
        scope(),
        text("action"),
        text("decision"),
        text("session"),
        text("lease"),
        text("request"),
        text("activity"),
        time("since"),
        time("until"));
  }

  /** What is done to a User or a Group by its ref is on record by that. */
  private Set<String> withRef(Set<String> principals) {
    Set<String> names = new TreeSet<>(principals);
    named().ifPresent(names::add);
    return names;
  }

  Page page() {
    Optional<String> cursor = text("cursor");
    return new Page(
        text("order").filter("newest"::equals).isPresent(),
        cursor.isPresent() ? OptionalLong.of(Long.parseLong(cursor.get())) : OptionalLong.empty(),
        text("limit").map(Integer::parseInt).orElse(USUAL_SIZE));
  }

  /**
   * @param people principals by ref
   */
  AccessReview.Wanted access(Map<String, Set<String>> people) {
    Optional<Set<String>> principals = principals(people);
    return new AccessReview.Wanted(
        text("account"), scope(), principals.map(some -> names(people, some)), principals);
  }

  /** Under which names the catalog has them: the one asked for, or those of a principal. */
  private Set<String> names(Map<String, Set<String>> people, Set<String> principals) {
    Optional<String> named = named();
    Set<String> names = new TreeSet<>();
    named.ifPresent(names::add);
    people.forEach(
        (name, theirs) -> {
          boolean isTheirs = principals.stream().anyMatch(theirs::contains);
          if (isTheirs && (named.isEmpty() || !name.startsWith("group:"))) {
            names.add(name);
          }
        });
    return names;
  }

  Report.Wanted report() {
    return new Report.Wanted(
        text("framework").flatMap(Framework::named).orElseThrow(),
        time("from").orElseThrow(),
        time("to").orElseThrow());
  }

  private Optional<Scope> scope() {
    return text("scope", Scope::parse);
  }

  private Optional<Instant> time(String name) {
    try {
      return text(name).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "“" + name + "” has to be a time such as 2026-11-24T09:00:00Z.", e);
    }
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(given.get(name));
  }

  private <T> Optional<T> text(String name, Function<String, T> parser) {
    return text(name).map(parser);
  }
}
