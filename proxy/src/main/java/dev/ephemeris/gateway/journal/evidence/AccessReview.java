package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.GatewayAction;
import dev.ephemeris.policy.GatewayGiven;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicyDiff;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Way;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who has what at a moment, by the policy in force, and when it was last used, by the journal.
 *
 * <p>What was used is told by principal, place and action, whatever rule gave it then. In the lanes
 * {@code token} and {@code rbac} requests don't pass the gateway, so that only the lease tells.
 *
 * @param since when the first entry is of that the journal still has: “never used” is said of the
 *     time since then; empty if it has none
 * @param more whether there is more than {@link #MOST} of them
 */
public record AccessReview(
    Instant at,
    Optional<Instant> since,
    List<Given> given,
    List<Own> own,
    List<Standing.Lease> leases,
    List<Standing.Session> sessions,
    boolean more,
    Progress progress) {

  /** More lines than anybody reviews at a time. */
  public static final int MOST = 10_000;

  public AccessReview {
    given = List.copyOf(given);
    own = List.copyOf(own);
    leases = List.copyOf(leases);
    sessions = List.copyOf(sessions);
  }

  /**
   * Whose, and where; what is empty isn't asked.
   *
   * @param names of candidates
   * @param principals as whom they come, for leases, sessions and descriptions
   */
  public record Wanted(
      Optional<String> account,
      Optional<Scope> scope,
      Optional<Set<String>> names,
      Optional<Set<String>> principals) {

    public static final Wanted ALL =
        new Wanted(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    private boolean isAt(String place) {
      PlacePattern pattern = PlacePattern.of(place);
      return account.map(name -> pattern.meets(new PlacePattern(List.of(name)))).orElse(true)
          && scope.map(where -> pattern.meets(PlacePattern.of(where.toString()))).orElse(true);
    }

    private boolean isOf(String principal, Optional<String> actsFor) {
      return principals
          .map(some -> some.contains(principal) || actsFor.filter(some::contains).isPresent())
          .orElse(true);
    }
  }

  /**
   * When something was last done.
   *
   * @param sequence of the entry that says so
   * @param times how often, as far as is known
   */
  public record Last(Instant at, long sequence, long times) {

    private Last and(Last other) {
      Last later = other.sequence > sequence ? other : this;
      return new Last(later.at, later.sequence, times + other.times);
    }
  }

  /**
   * What a rule gives somebody on an account.
   *
   * @param who a person, a group, a workload, or whom a rule describes
   * @param except scopes within, where it isn't given
   * @param role that has just these actions; empty if none has
   * @param ways what is shown for it, and in which lane
   * @param most how long a lease of it lasts at the most
   * @param conditions what has to hold, and what it comes with
   * @param lastRequest when it was last used through the gateway
   * @param lastLease when a lease for it was last issued
   */
  public record Given(
      String who,
      String account,
      String environment,
      String scope,
      List<String> except,
      Optional<String> role,
      List<String> actions,
      List<String> ways,
      String rule,
      Duration most,
      List<String> conditions,
      Optional<Last> lastRequest,
      Optional<Last> lastLease) {

    public Given {
      except = List.copyOf(except);
      actions = List.copyOf(actions);
      ways = List.copyOf(ways);
      conditions = List.copyOf(conditions);
    }

    /** Whether the journal has no use of it, nor a lease for it. */
    public boolean isUnused() {
      return lastRequest.isEmpty() && lastLease.isEmpty();
    }
  }

  /** Which of Ephemeris's own actions a rule gives somebody, and when they last did one. */
  public record Own(String who, List<String> actions, String rule, Optional<Last> last) {
    public Own {
      actions = List.copyOf(actions);
    }
  }

  /** Puts it together. Takes as long as the catalog is large. */
  public static AccessReview of(Standing standing, Wanted wanted, EvidenceIndex index) {
    return of(standing, wanted, index.uses(), index.since(), index.progress());
  }

  static AccessReview of(
      Standing standing,
      Wanted wanted,
      List<Use> uses,
      Optional<Instant> since,
      Progress progress) {
    Uses used = new Uses(standing, uses);
    Map<String, AccountFacts> accounts =
        standing.accounts().stream()
            .filter(account -> wanted.isAt(account.name() + ":/"))
            .collect(Collectors.toMap(AccountFacts::name, account -> account));
    List<Given> given =
        standing.policy().given(standing.candidates(), accounts.values()).people().stream()
            .flatMap(
                affected ->
                    named(affected.names(), wanted)
                        .flatMap(
                            who ->
                                affected.changes().stream()
                                    .filter(change -> wanted.isAt(change.scope()))
                                    .map(
                                        change ->
                                            given(who, change, standing.policy(), accounts, used))))
            .limit(MOST + 1L)
            .toList();
    boolean everywhere = wanted.account().isEmpty() && wanted.scope().isEmpty();
    List<Own> own =
        everywhere
            ? standing.policy().gatewayGiven(standing.candidates()).stream()
                .flatMap(row -> named(row.names(), wanted).map(who -> own(who, row, used)))
                .limit(MOST + 1L)
                .toList()
            : List.of();
    return new AccessReview(
        standing.at(),
        since,
        given.stream().limit(MOST).toList(),
        own.stream().limit(MOST).toList(),
        standing.leases().stream()
            .filter(lease -> wanted.isAt(lease.scope()))
            .filter(lease -> wanted.isOf(lease.principal(), lease.actsFor()))
            .toList(),
        standing.sessions().stream()
            .filter(session -> wanted.isOf(session.principal(), session.actsFor()))
            .toList(),
        given.size() > MOST || own.size() > MOST,
        progress);
  }

  private static Stream<String> named(List<String> names, Wanted wanted) {
    return names.stream()
        .filter(who -> wanted.names().map(some -> some.contains(nameOf(who))).orElse(true));
  }

  /** Without the kinds that are said with it where it takes them. */
  private static String nameOf(String who) {
    int kinds = who.indexOf(" as ");
    return kinds < 0 ? who : who.substring(0, kinds);
  }

  private static Given given(
      String who,
      PolicyDiff.Change change,
      Policy policy,
      Map<String, AccountFacts> accounts,
      Uses used) {
    String account = PlacePattern.of(change.scope()).names().getFirst();
    Way.Given after = change.after().orElseThrow();
    String rule = change.by().orElseThrow().value();
    List<String> actions = change.actions().stream().map(Action::shortName).toList();
    Predicate<Use> here = within(change.scope(), change.except(), actions);
    return new Given(
        who,
        account,
        Optional.ofNullable(accounts.get(account)).map(AccountFacts::environment).orElse(""),
        change.scope(),
        change.except(),
        role(policy, change.actions()),
        actions,
        change.ways().stream().map(Way::toString).toList(),
        rule,
        after.ttl().max(),
        conditions(after),
        used.last(nameOf(who), rule, Facets.INTENT, here),
        used.last(nameOf(who), rule, Facets.ISSUED, here));
  }

  private static Predicate<Use> within(String scope, List<String> except, List<String> actions) {
    PlacePattern place = PlacePattern.of(scope);
    List<PlacePattern> not = except.stream().map(PlacePattern::of).toList();
    return use ->
        use.scope().map(PlacePattern::of).filter(place::covers).isPresent()
            && use.scope().map(PlacePattern::of).stream()
                .noneMatch(where -> not.stream().anyMatch(each -> each.covers(where)))
            && !Collections.disjoint(use.actions(), actions);
  }

  private static Own own(String who, GatewayGiven row, Uses used) {
    List<String> actions = row.actions().stream().map(GatewayAction::toString).toList();
    return new Own(
        who,
        actions,
        row.by().value(),
        used.last(
            nameOf(who),
            row.by().value(),
            Facets.OPERATION,
            use -> !Collections.disjoint(use.actions(), actions)));
  }

  private static Optional<String> role(Policy policy, Set<Action> actions) {
    return policy.roles().stream()
        .filter(role -> role.actions().equals(actions))
        .map(Role::name)
        .map(Object::toString)
        .findFirst();
  }

  private static List<String> conditions(Way.Given given) {
    List<String> conditions = new ArrayList<>();
    for (Way.Terms terms : given.terms()) {
      terms.when().ifPresent(conditions::add);
      conditions.addAll(terms.obligations().words());
    }
    given.unless().forEach(unless -> conditions.add("not " + unless));
    return conditions.stream().distinct().toList();
  }

  /** Uses by whose they are. */
  private static final class Uses {

    private final Standing standing;
    private final List<Use> all;
    private final Map<String, List<Use>> byPrincipal = new HashMap<>();

    Uses(Standing standing, List<Use> all) {
      this.standing = standing;
      this.all = all;
      for (Use use : all) {
        byPrincipal.computeIfAbsent(use.principal(), none -> new ArrayList<>()).add(use);
        use.actsFor()
            .ifPresent(
                whom -> byPrincipal.computeIfAbsent(whom, none -> new ArrayList<>()).add(use));
      }
    }

    /** Of somebody whom only a rule describes, what was done under that rule. */
    Optional<Last> last(String who, String rule, String type, Predicate<Use> wanted) {
      Collection<Use> theirs =
          standing.principals().containsKey(who)
              ? standing.principals().get(who).stream()
                  .flatMap(principal -> byPrincipal.getOrDefault(principal, List.of()).stream())
                  .distinct()
                  .toList()
              : all.stream().filter(use -> use.rule().filter(rule::equals).isPresent()).toList();
      return theirs.stream()
          .filter(use -> use.type().equals(type))
          .filter(wanted)
          .map(use -> new Last(use.last(), use.sequence(), use.times()))
          .reduce(Last::and);
    }
  }
}
