package dev.ephemeris.policy;

import static java.util.stream.Collectors.toCollection;

import java.net.InetAddress;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a policy means, said as plainly as possible: look at every rule, every time. Shares no code
 * with what it checks but the data.
 */
record ReferenceInterpreter(
    Collection<Rule> rules,
    Principal principal,
    AccountFacts account,
    CredentialForm shown,
    Circumstances circumstances) {

  /** Of an agent that acts for somebody: what both may. */
  String decide(Action action, Scope scope, Lane lane) {
    String own = decideAlone(action, scope, lane);
    if (actedFor().isEmpty()) {
      return own;
    }
    String theirs = actedFor().get().decide(action, scope, lane);
    if (own.equals("denied-by-rule") || theirs.equals("denied-by-rule")) {
      return "denied-by-rule";
    }
    if (!own.equals("allow")) {
      return own;
    }
    return theirs.equals("no-rule") ? "acted-for-may-not" : theirs;
  }

  private Optional<ReferenceInterpreter> actedFor() {
    return principal
        .actsFor()
        .map(
            whom ->
                new ReferenceInterpreter(rules, whom, account, shown, circumstances.actedFor()));
  }

  /** Whomever it acts for. */
  String decideAlone(Action action, Scope scope, Lane lane) {
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
    Set<RuleName> names =
        rules.stream()
            .filter(rule -> rule.effect() == effect && matches(rule, action, scope, lane))
            .map(Rule::name)
            .collect(toCollection(TreeSet::new));
    actedFor().ifPresent(whom -> names.addAll(whom.rulesFor(effect, action, scope, lane)));
    return names;
  }

  /** Whether a rule denies the action somewhere in {@code scope}, of all places, at some moment. */
  boolean deniesWithin(Action action, Scope scope, Lane lane, List<Scope> places) {
    return actedFor().map(whom -> whom.deniesWithin(action, scope, lane, places)).orElse(false)
        || places.stream()
            .filter(place -> covers(scope.toString(), place.toString()))
            .anyMatch(
                place ->
                    rules.stream()
                        .filter(rule -> rule.effect() == Effect.DENY)
                        .anyMatch(rule -> matchesAtSomeMoment(rule, action, place, lane)));
  }

  boolean isUnconditional(RuleName name) {
    return rules.stream()
        .filter(rule -> rule.name().equals(name))
        .allMatch(rule -> rule.when().equals(Conditions.NONE) && rule.partitionKey().isEmpty());
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
    return matchesAtSomeMoment(rule, action, scope, lane)
        && keyMatches(rule)
        && standingMatches(rule.when())
        && networkMatches(rule.when())
        && windowMatches(rule.when());
  }

  private boolean keyMatches(Rule rule) {
    return circumstances.isWithinKey(key(rule));
  }

  /** The rule's key for this caller; what nobody says stays as it is written. */
  private List<String> key(Rule rule) {
    return rule.partitionKey().stream()
        .map(part -> part.text().equals("${claims.tenant}") ? claim("tenant") : part.text())
        .toList();
  }

  private String claim(String name) {
    return principal.claims().getOrDefault(name, "");
  }

  private boolean standingMatches(Conditions when) {
    Standing standing = circumstances.standing();
    if (when.mfa()
        && (standing.mfaUntil().isEmpty()
            || circumstances.at().compareTo(standing.mfaUntil().get()) >= 0)) {
      return false;
    }
    if (when.clients().isPresent()
        && !when.clients().get().contains(standing.client().orElse("nobody"))) {
      return false;
    }
    if (when.reason().isPresent()
        && !standing.reason().orElse("").matches(when.reason().get().text())) {
      return false;
    }
    return when.ticket().isEmpty()
        || standing.ticket().orElse("").matches(when.ticket().get().text());
  }

  private boolean matchesAtSomeMoment(Rule rule, Action action, Scope scope, Lane lane) {
    return subjectMatches(rule.subjects())
        && rule.environments().stream().anyMatch(e -> like(account.environment(), e.text()))
        && rule.lanes().contains(lane)
        && (lane != Lane.PROXY || rule.credentials().contains(shown))
        && rule.actions().contains(action)
        && rule.partitionKey().stream()
            .noneMatch(part -> part.text().startsWith("${") && claim("tenant").isEmpty())
        && rule.scopes().stream().anyMatch(pattern -> covers(pattern.toString(), scope.toString()))
        && (!rule.subjects().owners()
            || principal.owns().stream()
                .anyMatch(owned -> covers(owned.toString(), scope.toString())));
  }

  private boolean networkMatches(Conditions when) {
    if (when.network().isEmpty()) {
      return true;
    }
    for (Network network : when.network().get()) {
      String[] range = network.text().split("/", -1);
      String wanted = bits(InetAddress.ofLiteral(range[0]));
      String given = circumstances.from().map(ReferenceInterpreter::bits).orElse("");
      int prefix = range.length == 1 ? wanted.length() : Integer.parseInt(range[1]);
      if (given.length() == wanted.length()
          && given.substring(0, prefix).equals(wanted.substring(0, prefix))) {
        return true;
      }
    }
    return false;
  }

  private static String bits(InetAddress address) {
    StringBuilder bits = new StringBuilder();
    for (byte octet : address.getAddress()) {
      bits.append(Integer.toBinaryString(256 + (octet & 0xFF)).substring(1));
    }
    return bits.toString();
  }

  /** Goes back minute by minute to when the window began, if it is open. */
  private boolean windowMatches(Conditions when) {
    if (when.window().isEmpty()) {
      return true;
    }
    TimeWindow window = when.window().get();
    LocalDateTime local = LocalDateTime.ofInstant(circumstances.at(), window.zone().id());
    for (int minutes = 0; minutes < 24 * 60; minutes++) {
      LocalDateTime before = local.minusMinutes(minutes);
      String clock = before.toLocalTime().toString().substring(0, 5);
      if (clock.equals(window.to().toString())) {
        return false;
      }
      if (clock.equals(window.from().toString())) {
        return window.days().stream().anyMatch(days -> days.days().contains(before.getDayOfWeek()));
      }
    }
    return false;
  }

  private boolean subjectMatches(Subjects subjects) {
    if (subjects.principal().isPresent() && subjects.principal().get() != principal.kind()) {
      return false;
    }
    return isIn(subjects.groups(), principal)
        && isOne(subjects.users(), principal)
        && (subjects.issuer().isEmpty() || subjects.issuer().get().equals(principal.id().issuer()))
        && subjects.claims().orElse(Map.of()).entrySet().stream()
            .allMatch(
                wanted ->
                    principal.claims().containsKey(wanted.getKey())
                        && like(claim(wanted.getKey()), wanted.getValue().text()))
        && (subjects.actsFor().isEmpty()
            || (principal.actsFor().isPresent()
                && isIn(subjects.actsFor().get().groups(), principal.actsFor().get())
                && isOne(subjects.actsFor().get().users(), principal.actsFor().get())));
  }

  private static boolean isIn(Optional<Set<GroupRef>> groups, Principal who) {
    List<GroupRef> common = new ArrayList<>(groups.orElse(who.groups()));
    common.retainAll(who.groups());
    return groups.isEmpty() || !common.isEmpty();
  }

  private static boolean isOne(Optional<Set<UserRef>> users, Principal who) {
    return users.isEmpty() || (who.user().isPresent() && users.get().contains(who.user().get()));
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
