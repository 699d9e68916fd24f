package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.policy.Scope;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which entries of a journal somebody looks for; what is empty isn't asked.
 *
 * @param whose of any of these: theirs, of an agent that acts for them, or done by them. Nobody's
 *     if there are none of these
 * @param scope entries on this scope or within it
 * @param decision {@code allow}, {@code deny} or {@code report}
 * @param since the first moment that counts
 * @param until the first moment that no longer counts
 */
public record JournalQuery(
    Optional<Set<String>> whose,
    Optional<String> type,
    Optional<String> account,
    Optional<Scope> scope,
    Optional<String> action,
    Optional<String> decision,
    Optional<String> session,
    Optional<String> lease,
    Optional<String> request,
    Optional<String> activity,
    Optional<Instant> since,
    Optional<Instant> until) {

  /** Every entry. */
  public static final JournalQuery ANY =
      new JournalQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public JournalQuery {
    whose = whose.map(Set::copyOf);
  }

  /**
   * Whether an entry is looked for. Give it every entry, in the journal's order: an outcome says
   * only to which request it belongs, so it is looked for as its intent is.
   */
  public Predicate<JournalEntry> inOrder() {
    Map<String, Facets> open = new HashMap<>();
    return entry -> {
      Facets own = Facets.of(entry);
      Facets facets = own;
      if (own.request().isPresent() && own.isIntent()) {
        open.put(own.request().get(), own);
      } else if (own.request().isPresent() && own.isOutcome()) {
        facets =
            Optional.ofNullable(open.remove(own.request().get())).map(own::ofIntent).orElse(own);
      }
      return fits(facets);
    };
  }

  private boolean fits(Facets facets) {
    return whose.map(names -> isAnyOf(names, facets)).orElse(true)
        && type.map(facets.type()::equals).orElse(true)
        && holds(account, facets.account())
        && scope.map(wanted -> facets.scope().filter(within(wanted)).isPresent()).orElse(true)
        && action.map(facets.actions()::contains).orElse(true)
        && holds(decision, facets.decision())
        && holds(session, facets.session())
        && lease.map(facets.leases()::contains).orElse(true)
        && holds(request, facets.request())
        && holds(activity, facets.activity())
        && since.map(from -> !facets.at().isBefore(from)).orElse(true)
        && until.map(to -> facets.at().isBefore(to)).orElse(true);
  }

  /**
   * Whether an entry is of the request and the activity, if they are asked: by the ids themselves.
   */
  boolean isOfIds(JournalEntry entry) {
    Facets facets = Facets.of(entry);
    return holds(request, facets.request()) && holds(activity, facets.activity());
  }

  private static boolean isAnyOf(Set<String> names, Facets facets) {
    return facets.person().filter(names::contains).isPresent()
        || facets.actsFor().filter(names::contains).isPresent()
        || facets.by().filter(names::contains).isPresent();
  }

  private static boolean holds(Optional<String> wanted, Optional<String> there) {
    return wanted.isEmpty() || wanted.equals(there);
  }

  /** The scope itself, as text, or what begins with it and a slash. */
  private static Predicate<String> within(Scope wanted) {
    String itself = wanted.toString();
    String beneath = beneath(wanted);
    return scope -> scope.equals(itself) || scope.startsWith(beneath);
  }

  /** What the scopes begin with that lie within this one. */
  static String beneath(Scope scope) {
    String text = scope.toString();
    return text.endsWith("/") ? text : text + "/";
  }
}
