package dev.ephemeris.policy;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.policy.Finding.Code;
import dev.ephemeris.policy.Subjects.ActsFor;
import dev.ephemeris.policy.yaml.Problem;
import dev.ephemeris.policy.yaml.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Looks for what the author of a policy may not have meant, though the policy can be read. */
public final class Lint {
  private static final Set<Action> CHANGES = changes();
  private static final FieldPath ID = new FieldPath("/id");

  private final PolicyText text;
  private final Optional<Catalog> catalog;
  private final List<AccountFacts> accounts;
  private final List<EnvironmentPattern> toCome;
  private final List<FieldPath> keys;
  private final Coverer coverer;
  private final List<Finding> findings = new ArrayList<>();

  private Lint(
      PolicyText text,
      Optional<Catalog> catalog,
      Collection<AccountFacts> accounts,
      Collection<EnvironmentPattern> toCome,
      Collection<FieldPath> keys) {
    this.text = text;
    this.catalog = catalog;
    this.accounts = List.copyOf(accounts);
    this.toCome = List.copyOf(toCome);
    this.keys = List.copyOf(keys);
    this.coverer = new Coverer(catalog.orElse(Catalog.EMPTY));
  }

  /**
   * What there is to say of {@code policy}, in the order of its files.
   *
   * @param catalog without one, groups are taken for what they are
   * @param accounts all that there are; none if that isn't known, and then no rule is found to miss
   *     them
   * @param keys the partition keys of containers, as far as they are known
   */
  public static List<Finding> of(
      PolicyText policy,
      Optional<Catalog> catalog,
      Collection<AccountFacts> accounts,
      Collection<FieldPath> keys) {
    return of(policy, catalog, accounts, List.of(), keys);
  }

  /**
   * The same, where more accounts may come.
   *
   * @param toCome the environments that these may be in: a rule for such doesn't miss them
   */
  public static List<Finding> of(
      PolicyText policy,
      Optional<Catalog> catalog,
      Collection<AccountFacts> accounts,
      Collection<EnvironmentPattern> toCome,
      Collection<FieldPath> keys) {
    return new Lint(policy, catalog, accounts, toCome, keys).findings();
  }

  private List<Finding> findings() {
    for (Rule rule : text.policy().rules()) {
      findUnknownGroups(rule);
      findUnknownUsers(rule);
      findUnreachable(rule);
      findShadowed(rule);
      findTooBroad(rule);
      findMissingTtl(rule);
      findMaskedKeys(rule);
      findBypassedApproval(rule);
    }
    return findings.stream()
        .sorted(
            comparing((Finding finding) -> finding.where().file())
                .thenComparing(finding -> finding.where().line())
                .thenComparing(finding -> finding.where().column())
                .thenComparing(Finding::code))
        .toList();
  }

  private void find(Code code, Rule rule, String why, String advice, Object... path) {
    Problem where = text.problem("'" + rule.name() + "' " + why, rule.name(), path);
    findings.add(new Finding(code, rule.name(), where, advice));
  }

  private void findUnknownGroups(Rule rule) {
    if (catalog.isEmpty()) {
      return;
    }
    Collection<String> known = catalog.get().groupNames();
    Stream.of(
            rule.subjects().groups().orElse(Set.of()),
            rule.subjects().actsFor().flatMap(ActsFor::groups).orElse(Set.of()),
            rule.obligations().approvals().stream()
                .flatMap(approval -> approval.from().stream())
                .collect(toUnmodifiableSet()))
        .flatMap(Set::stream)
        .distinct()
        .map(GroupRef::toString)
        .filter(group -> !known.contains(group))
        .sorted()
        .forEach(
            group ->
                find(
                    Code.UNKNOWN_GROUP,
                    rule,
                    "is for %s, which isn't in the catalog".formatted(group),
                    Suggestion.nearest(group, known)
                        .map(meant -> "did you mean '" + meant + "'?")
                        .orElse("add the group to the catalog, or take it out of the rule"),
                    "for",
                    "groups"));
  }

  private void findUnknownUsers(Rule rule) {
    if (catalog.isEmpty()) {
      return;
    }
    Collection<String> known = catalog.get().userNames();
    Stream.of(
            rule.subjects().users().orElse(Set.of()),
            rule.subjects().actsFor().flatMap(ActsFor::users).orElse(Set.of()))
        .flatMap(Set::stream)
        .distinct()
        .map(UserRef::toString)
        .filter(user -> !known.contains(user))
        .sorted()
        .forEach(
            user ->
                find(
                    Code.UNKNOWN_USER,
                    rule,
                    "is for %s, who isn't in the catalog".formatted(user),
                    Suggestion.nearest(user, known)
                        .map(meant -> "did you mean '" + meant + "'?")
                        .orElse("add the user to the catalog, or take them out of the rule"),
                    "for"));
  }

  private void findUnreachable(Rule rule) {
    List<AccountFacts> concerned = accounts.stream().filter(rule::concerns).toList();
    boolean awaits = toCome.stream().anyMatch(rule::awaits);
    if (!accounts.isEmpty() && concerned.isEmpty() && !awaits) {
      find(
          Code.UNREACHABLE,
          rule,
          "is for no account that there is",
          "look for a slip in scopes and environments; the accounts are "
              + String.join(", ", accounts.stream().map(Lint::described).sorted().toList()),
          "name");
    } else if (!rule.denies()
        && !awaits
        && !concerned.isEmpty()
        && concerned.stream().allMatch(account -> isClosed(account, rule))) {
      find(
          Code.UNREACHABLE,
          rule,
          "is for lanes that none of its accounts permits",
          "permit one of them in the configuration of "
              + String.join(", ", concerned.stream().map(AccountFacts::name).sorted().toList())
              + ", or take the rule out",
          "lanes");
    } else if (!rule.denies() && !rule.residual().isNone() && !rule.lanes().contains(Lane.PROXY)) {
      find(
          Code.UNREACHABLE,
          rule,
          "has conditions or a partition key, which lanes other than proxy can't look at, and so"
              + " gives no leases",
          "add proxy to lanes, or take them out",
          "lanes");
    } else if (rule.obligations().bindRequests() && !rule.lanes().contains(Lane.PROXY)) {
      find(
          Code.UNREACHABLE,
          rule,
          "has limits, a mask or onStoreLoss, which lanes other than proxy can't hold leases to,"
              + " and so gives none",
          "add proxy to lanes, or take them out",
          "lanes");
    } else if (rule.needsApproval()
        && rule.credentials().stream().allMatch(CredentialForm.OWN_TOKEN::equals)) {
      find(
          Code.UNREACHABLE,
          rule,
          "wants an approval, and is only for tokens of one's own, which open nothing that wants"
              + " one",
          "add lease-token to credentials, or take the approval out",
          "credentials");
    }
  }

  private static String described(AccountFacts account) {
    return account.name() + " (" + account.environment() + ")";
  }

  private static boolean isClosed(AccountFacts account, Rule rule) {
    return rule.lanes().stream().noneMatch(account.lanes()::contains);
  }

  private void findShadowed(Rule rule) {
    text.policy().rules().stream()
        .filter(other -> isShadowedBy(rule, other))
        .min(Rule.STRONGEST_FIRST)
        .ifPresent(
            other ->
                find(
                    Code.SHADOWED,
                    rule,
                    other.denies()
                        ? "changes nothing: all of it is denied by '%s'".formatted(other.name())
                        : "changes nothing: all of it is allowed by '%s'".formatted(other.name()),
                    "take it out, or narrow the other",
                    "name"));
  }

  private boolean isShadowedBy(Rule rule, Rule other) {
    if (rule.equals(other) || !coverer.covers(other, rule)) {
      return false;
    }
    if (!other.denies() && (rule.denies() || !isOfNoEffectBeside(rule, other))) {
      return false;
    }
    // Of two that say the same, the one that the engine doesn't name.
    return !isShadowing(rule, other) || Rule.STRONGEST_FIRST.compare(other, rule) < 0;
  }

  /** Whether {@code rule}, too, covers {@code other}, so that both say the same. */
  private boolean isShadowing(Rule rule, Rule other) {
    return rule.effect() == other.effect()
        && coverer.covers(rule, other)
        && (rule.denies() || isOfNoEffectBeside(other, rule));
  }

  /**
   * Whether an allowance within another neither shortens leases nor decides on limits. The limits
   * of a request, and its other obligations, are those of its narrowest rule, so that it takes them
   * all to be the same.
   */
  private boolean isOfNoEffectBeside(Rule narrow, Rule wide) {
    return wide.ttl().min(narrow.ttl()).equals(wide.ttl())
        && wide.credentials().containsAll(narrow.credentials())
        && text.policy().rules().stream()
            .filter(each -> !each.denies())
            .allMatch(each -> each.obligations().equals(narrow.obligations()));
  }

  /**
   * Of an approval that another rule lets be passed by: always if it is for the same scope, where
   * what wants none comes first; if it is for a wider one, by whoever asks in a way that this one
   * isn't for.
   */
  private void findBypassedApproval(Rule rule) {
    if (!rule.needsApproval()) {
      return;
    }
    text.policy().rules().stream()
        .filter(other -> !other.denies() && !other.needsApproval() && coverer.covers(other, rule))
        .sorted(Rule.STRONGEST_FIRST)
        .filter(other -> isForTheSame(other, rule) || !keptOut(rule, other).isEmpty())
        .findFirst()
        .ifPresent(
            other -> {
              if (isForTheSame(other, rule)) {
                find(
                    Code.BYPASSED_APPROVAL,
                    rule,
                    "wants an approval that nobody needs: '%s' gives the same without one"
                        .formatted(other.name()),
                    "take the other out, or the approval",
                    "approval");
              } else {
                String keys = String.join(" and ", keptOut(rule, other));
                find(
                    Code.BYPASSED_APPROVAL,
                    rule,
                    "wants an approval, and whoever its %s keeps out has the same by '%s' without one"
                        .formatted(keys, other.name()),
                    "take %s out, or narrow the other".formatted(keys),
                    "approval");
              }
            });
  }

  /** Whether what covers a rule has scopes no wider than it. */
  private static boolean isForTheSame(Rule covering, Rule rule) {
    return covering.scopes().stream()
        .allMatch(scope -> rule.scopes().stream().anyMatch(other -> other.covers(scope)));
  }

  /** The keys by which a rule isn't there for some for whom what covers it is. */
  private static List<String> keptOut(Rule rule, Rule covering) {
    List<String> keys = new ArrayList<>();
    if (!rule.when().isNone() && covering.when().isNone()) {
      keys.add("when");
    }
    if (rule.partitionKey().size() > covering.partitionKey().size()) {
      keys.add("partitionKey");
    }
    if (!rule.credentials().containsAll(covering.credentials())) {
      keys.add("credentials");
    }
    if (!rule.lanes().containsAll(covering.lanes())) {
      keys.add("lanes");
    }
    return keys;
  }

  private void findTooBroad(Rule rule) {
    List<Action> changes = rule.actions().stream().filter(CHANGES::contains).sorted().toList();
    List<ScopePattern> broad =
        rule.scopes().stream().filter(ScopePattern::isOfAWholeAccount).toList();
    if (!rule.denies()
        && Coverer.isForEverybody(rule.subjects())
        && !broad.isEmpty()
        && !changes.isEmpty()) {
      find(
          Code.TOO_BROAD,
          rule,
          "lets any %s do %s%s on all of %s"
              .formatted(
                  rule.subjects(),
                  changes.getFirst(),
                  changes.size() == 1 ? "" : " and %d more".formatted(changes.size() - 1),
                  broad.getFirst()),
          "name groups, or one database",
          "scopes");
    }
  }

  private void findMissingTtl(Rule rule) {
    if (!rule.denies() && text.entry(rule.name()).ttl().isEmpty()) {
      find(
          Code.MISSING_TTL,
          rule,
          "doesn't say how long leases last",
          "add ttl: { default: 1h, max: 8h }, which holds now, or less",
          "name");
    }
  }

  /** Items are addressed by these, and an error or a count tells them. */
  private void findMaskedKeys(Rule rule) {
    Stream.concat(Stream.of(ID), keys.stream())
        .distinct()
        .filter(key -> rule.obligations().mask().stream().anyMatch(field -> field.covers(key)))
        .forEach(
            key ->
                find(
                    Code.MASKED_KEY,
                    rule,
                    key.equals(ID)
                        ? "masks /id, by which items are addressed"
                        : "masks %s, which is a partition key".formatted(key),
                    "mask other fields, or don't let these items be read",
                    "mask"));
  }

  private static Set<Action> changes() {
    Set<Action> changes = EnumSet.noneOf(Action.class);
    for (String pattern : List.of("writes", "code", "management")) {
      changes.addAll(Action.matching(pattern));
    }
    return changes;
  }
}
