package dev.ephemeris.policy;

import static java.util.stream.Collectors.toCollection;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a policy means, said as plainly as possible: look at every rule, every time. Shares no code
 * with what it checks but the data.
 */
record ReferenceInterpreter(
    Collection<Rule> rules, Principal principal, AccountFacts account, CredentialForm shown) {

  String decide(Action action, Scope scope, Lane lane) {
    List<Rule> matching =
        rules.stream().filter(rule -> matches(rule, action, scope, lane)).toList();
    if (matching.stream().anyMatch(rule -> rule.effect() == Effect.DENY)) {
      return "denied-by-rule";
    }
    if (matching.isEmpty()) {
      return "no-rule";
    }
    return account.lanes().contains(lane) ? "allow" : "lane-not-permitted";
  }

  /** The names of the rules that match and have this effect. */
  Set<RuleName> rulesFor(Effect effect, Action action, Scope scope, Lane lane) {
    return rules.stream()
        .filter(rule -> rule.effect() == effect && matches(rule, action, scope, lane))
        .map(Rule::name)
        .collect(toCollection(TreeSet::new));
  }

  /** Whether a rule denies the action somewhere in {@code scope}, of all places there are. */
  boolean deniesWithin(Action action, Scope scope, Lane lane, List<Scope> places) {
    return places.stream()
        .filter(place -> covers(scope.toString(), place.toString()))
        .anyMatch(place -> !rulesFor(Effect.DENY, action, place, lane).isEmpty());
  }

  Set<RuleName> allowing(Set<Action> actions, Scope scope, Lane lane) {
    Set<RuleName> names = new TreeSet<>();
    actions.forEach(action -> names.addAll(rulesFor(Effect.ALLOW, action, scope, lane)));
    return names;
  }

  Ttl shortestTtl(Set<RuleName> names) {
    List<Ttl> ttls =
        rules.stream().filter(rule -> names.contains(rule.name())).map(Rule::ttl).toList();
    return new Ttl(
        Collections.min(ttls.stream().map(Ttl::standard).toList()),
        Collections.min(ttls.stream().map(Ttl::max).toList()));
  }

  boolean matches(Rule rule, Action action, Scope scope, Lane lane) {
    return subjectMatches(rule.subjects())
        && rule.environments().stream().anyMatch(e -> like(account.environment(), e.text()))
        && rule.lanes().contains(lane)
        && (lane != Lane.PROXY || rule.credentials().contains(shown))
        && rule.actions().contains(action)
        && rule.scopes().stream().anyMatch(pattern -> covers(pattern.toString(), scope.toString()));
  }

  private boolean subjectMatches(Subjects subjects) {
    if (subjects.principal().isPresent() && subjects.principal().get() != principal.kind()) {
      return false;
    }
    if (subjects.groups().isPresent()) {
      List<GroupRef> common = new ArrayList<>(subjects.groups().get());
      common.retainAll(principal.groups());
      return !common.isEmpty();
    }
    return true;
  }

  /** Word by word: the scope begins as the pattern does. */
  private static boolean covers(String pattern, String scope) {
    String[] wanted = pattern.split("[:/]+", 0);
    String[] given = scope.split("[:/]+", 0);
    if (given.length < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].equals("*") && !wanted[i].equals(given[i])) {
        return false;
      }
    }
    return true;
  }

  private static boolean like(String text, String pattern) {
    return text.matches(pattern.replace("*", ".*"));
  }
}
