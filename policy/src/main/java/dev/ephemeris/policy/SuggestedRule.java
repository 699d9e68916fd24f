package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * A rule of a {@link Suggested} policy.
 *
 * @param of what it was made of
 * @param onlyAsked those of its actions that leases were asked for with and that nobody used
 */
record SuggestedRule(
    Whom whom,
    Set<Action> actions,
    List<String> scopes,
    Set<Observation> of,
    Set<Action> onlyAsked) {

  /** How many names stand in a comment, and how many users in the name of a rule. */
  private static final int MOST_NAMED = 10;

  private static final int FEW = 3;

  /** How a policy names those whom a rule is for. */
  sealed interface Named {}

  record Group(GroupRef group) implements Named {}

  record Users(List<UserRef> users) implements Named {}

  /** Somebody who isn't in the catalog. */
  record Subject(PrincipalId id) implements Named {}

  /**
   * Whom the rule is for.
   *
   * @param byKey whether they show a lease's key, which a rule must say
   */
  record Whom(Named named, PrincipalKind kind, boolean byKey) implements Comparable<Whom> {
    private static final Comparator<Whom> ORDER =
        Comparator.comparing((Whom whom) -> whom.named.getClass().getSimpleName())
            .thenComparing(whom -> whom.named.toString())
            .thenComparing(Whom::kind)
            .thenComparing(Whom::byKey);

    @Override
    public int compareTo(Whom other) {
      return ORDER.compare(this, other);
    }

    String inWords() {
      return switch (named) {
            case Group(GroupRef group) -> group.toString();
            case Users(List<UserRef> users) ->
                users.size() > FEW
                    ? users.getFirst() + " and " + (users.size() - 1) + " more"
                    : users.stream().map(UserRef::toString).collect(joining(", "));
            case Subject(PrincipalId id) -> id.toString();
          }
          + " as "
          + spelt(kind)
          + (byKey ? " with keys" : "");
    }

    /** The value of {@code for}. */
    String yaml() {
      return "{ "
          + switch (named) {
            case Group(GroupRef group) -> "groups: " + list(List.of(group));
            case Users(List<UserRef> users) -> "users: " + list(users);
            case Subject(PrincipalId id) ->
                "issuer: %s, claims: { sub: %s }"
                    .formatted(Quoted.json(id.issuer()), Quoted.json(id.subject()));
          }
          + ", principal: "
          + spelt(kind)
          + " }";
    }
  }

  /**
   * @param seen by scope and action, what was observed
   */
  static SuggestedRule of(
      Whom whom, Set<Action> actions, SortedMap<String, Map<Action, List<Observation>>> seen) {
    Set<Observation> of = new HashSet<>();
    Set<Action> used = EnumSet.noneOf(Action.class);
    seen.values()
        .forEach(
            byAction ->
                byAction.forEach(
                    (action, observations) -> {
                      of.addAll(observations);
                      if (observations.stream().anyMatch(each -> !each.asked())) {
                        used.add(action);
                      }
                    }));
    Set<Action> onlyAsked = EnumSet.copyOf(actions);
    onlyAsked.removeAll(used);
    return new SuggestedRule(
        whom, EnumSet.copyOf(actions), List.copyOf(seen.keySet()), of, onlyAsked);
  }

  /** The rules as a policy file. */
  static String text(List<SuggestedRule> rules, Map<GroupRef, Set<UserRef>> members) {
    StringBuilder text =
        new StringBuilder(
            """
            # Suggested from what a journal saw. Read each rule before it is put in force: it allows what
            # was done, which isn't always what should be.
            apiVersion: ephemeris.dev/v1
            """);
    text.append(rules.isEmpty() ? "\nrules: []\n" : "\nrules:\n");
    Set<String> names = new HashSet<>();
    for (SuggestedRule rule : rules) {
      rule.write(text, rule.name(names), members);
    }
    return text.toString();
  }

  private void write(StringBuilder text, String name, Map<GroupRef, Set<UserRef>> members) {
    for (String line : comment(members)) {
      text.append("  # ").append(Quoted.line(line)).append('\n');
    }
    text.append("  - name: ")
        .append(Quoted.json(name))
        .append("\n    for: ")
        .append(whom.yaml())
        .append("\n    ")
        .append(role())
        .append("\n    scopes: ")
        .append(list(scopes))
        .append(whom.byKey() ? "\n    credentials: [lease-key]" : "")
        .append("\n    ttl: { default: 15m, max: 1h }\n");
  }

  /** Another than those that there are already. */
  private String name(Set<String> taken) {
    String name =
        Quoted.line(
            "suggested: %s on %s%s"
                .formatted(
                    whom.inWords(),
                    scopes.getFirst(),
                    scopes.size() == 1 ? "" : " and %d more".formatted(scopes.size() - 1)));
    String free = name;
    for (int i = 2; !taken.add(free); i++) {
      free = name + " (" + i + ")";
    }
    return free;
  }

  private List<String> comment(Map<GroupRef, Set<UserRef>> members) {
    LinkedHashSet<String> lines = new LinkedHashSet<>();
    TreeSet<String> who = of.stream().map(Observation::who).collect(toCollection(TreeSet::new));
    lines.add(
        "%s by %s, from %s to %s"
            .formatted(
                times(of.stream().mapToLong(Observation::times).sum()),
                who.stream().limit(MOST_NAMED).collect(joining(", "))
                    + (who.size() > MOST_NAMED
                        ? " and " + (who.size() - MOST_NAMED) + " more"
                        : ""),
                first(),
                last()));
    switch (whom.named()) {
      case Group(GroupRef group) ->
          lines.add(
              "%d of %d members of %s"
                  .formatted(who.size(), members.getOrDefault(group, Set.of()).size(), group));
      case Users users -> {}
      case Subject(PrincipalId id) ->
          lines.add(
              "takes “sub” among the claims of issuer “%s” in the configuration"
                  .formatted(id.issuer()));
    }
    if (!onlyAsked.isEmpty()) {
      lines.add("asked for with a lease, and not used: " + shortNames(onlyAsked));
    }
    return List.copyOf(lines);
  }

  private Instant first() {
    return Collections.min(of.stream().map(Observation::first).toList());
  }

  private Instant last() {
    return Collections.max(of.stream().map(Observation::last).toList());
  }

  private String role() {
    return Role.BUILT_IN.stream()
        .filter(role -> role.actions().equals(actions))
        .findFirst()
        .map(role -> "role: " + role.name())
        .orElseGet(() -> "actions: [" + shortNames(actions) + "]");
  }

  private static String shortNames(Set<Action> actions) {
    return actions.stream().map(Action::shortName).collect(joining(", "));
  }

  private static String list(Collection<?> values) {
    return values.stream()
        .map(value -> Quoted.json(value.toString()))
        .collect(joining(", ", "[", "]"));
  }

  /** {@code once}, {@code 12 times}. */
  static String times(long count) {
    return count == 1 ? "once" : count + " times";
  }

  private static String spelt(PrincipalKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
