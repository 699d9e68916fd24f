package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Finding.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** What a rule that is said to be shadowed may be taken at. */
class LintPropertiesTest {
  private static final GroupRef G = new GroupRef("default", "g");
  private static final GroupRef H = new GroupRef("default", "h");
  private static final Catalog CATALOG =
      new Catalog(Map.of(), Map.of(G, Set.of(), H, Set.of(G)), Map.of());
  private static final List<Action> ACTIONS = List.of(Action.ITEMS_READ, Action.ITEMS_DELETE);
  private static final List<AccountFacts> ACCOUNTS =
      List.of(
          new AccountFacts("one", "prod", Set.of(Lane.PROXY, Lane.TOKEN)),
          new AccountFacts("two", "pre", Set.of(Lane.PROXY)));

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void takingOutAShadowedRuleChangesNothing(@ForAll("rules") List<String> rules) {
    Set<String> shadowed =
        Lint.of(policy(rules), Optional.of(CATALOG), List.of(), List.of()).stream()
            .filter(finding -> finding.code() == Code.SHADOWED)
            .map(finding -> finding.rule().value())
            .collect(Collectors.toSet());
    Statistics.label("shadowed rules")
        .collect(shadowed.isEmpty() ? "none" : "some")
        .coverage(checker -> checker.check("some").percentage(share -> share > 10));

    List<String> whole = decisions(policy(rules).policy());
    for (String name : shadowed) {
      List<String> others = new ArrayList<>(rules);
      others.removeIf(rule -> rule.startsWith("{ name: " + name + ","));

      assertThat(others).hasSize(rules.size() - 1);
      assertThat(decisions(policy(others).policy())).as(name).isEqualTo(whole);
    }
  }

  private static PolicyText policy(List<String> rules) {
    return PolicyText.parse(
        List.of(
            new PolicySource(
                "policy.yaml",
                "apiVersion: ephemeris.dev/v1\nrules: [" + String.join(",\n", rules) + "]\n")));
  }

  /** All that can be asked in this world, and what is answered, but for the names of rules. */
  private static List<String> decisions(Policy policy) {
    List<String> decisions = new ArrayList<>();
    for (PrincipalKind kind : List.of(PrincipalKind.PERSON, PrincipalKind.AGENT)) {
      for (Set<GroupRef> groups : List.of(Set.<GroupRef>of(), Set.of(G), Set.of(G, H))) {
        Grant grant =
            policy.compile(
                new Principal(new PrincipalId("corp", "a"), kind, "A", groups), ACCOUNTS);
        for (Scope scope : scopes()) {
          for (CredentialForm form : CredentialForm.values()) {
            ACTIONS.forEach(
                action -> decisions.add(inWords(grant.decide(action, scope, form, Policies.NOON))));
          }
          for (Lane lane : Lane.values()) {
            for (CredentialForm form : CredentialForm.values()) {
              for (Set<Action> actions : List.of(Set.of(ACTIONS.get(0)), Set.copyOf(ACTIONS))) {
                decisions.add(inWords(grant.leaseTerms(actions, scope, lane, form, Policies.NOON)));
              }
            }
          }
        }
      }
    }
    return decisions;
  }

  private static List<Scope> scopes() {
    List<Scope> scopes = new ArrayList<>();
    for (String account : List.of("one", "two")) {
      scopes.add(Scope.of(account));
      for (String database : List.of("a", "b")) {
        scopes.add(Scope.of(account, database));
        scopes.add(Scope.of(account, database, "c"));
      }
    }
    return scopes;
  }

  private static String inWords(Decision decision) {
    return switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) -> "allow " + obligations;
      case Decision.Deny(Reason reason, Optional<RuleName> by) -> reason.code();
    };
  }

  private static String inWords(LeaseTerms terms) {
    return switch (terms) {
      case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by, Set<Obligations> obligations) ->
          ttl.toString();
      case LeaseTerms.Refused(Map<Action, Decision.Deny> reasons) ->
          reasons.entrySet().stream()
              .map(entry -> entry.getKey() + " " + inWords(entry.getValue()))
              .toList()
              .toString();
    };
  }

  @Provide
  Arbitrary<List<String>> rules() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 1000),
            Arbitraries.of("allow", "allow", "deny"),
            Arbitraries.of(
                "groups: [group:g]",
                "groups: [group:h]",
                "groups: [group:g, group:h]",
                "principal: person",
                "groups: [group:h], principal: agent"),
            Arbitraries.of("items/read", "items/delete", "items/read, items/delete"),
            Arbitraries.of("*:/", "one:/", "*:/dbs/a", "one:/dbs/*", "one:/dbs/a/colls/c")
                .map(scope -> '"' + scope + '"')
                .list()
                .ofMinSize(1)
                .ofMaxSize(2)
                .map(scopes -> String.join(", ", scopes)),
            Arbitraries.of("'*'", "prod", "'p*'", "pre, prod"),
            Arbitraries.of("proxy", "token", "proxy, token, rbac"),
            Arbitraries.of(
                "ttl: { default: 1h, max: 2h }",
                "ttl: { default: 2h, max: 2h }",
                "ttl: { default: 1h, max: 2h }, credentials: [lease-key, lease-token]",
                "ttl: { default: 1h, max: 2h }, limits: { itemsPerPage: 5 }"))
        .as(
            (name, effect, whom, actions, scopes, environments, lanes, terms) ->
                String.format(
                    Locale.ROOT,
                    "{ name: r%d, effect: %s, for: { %s }, actions: [%s], scopes: [%s],"
                        + " environments: [%s], lanes: [%s]%s }",
                    name,
                    effect,
                    whom,
                    actions,
                    scopes,
                    environments,
                    lanes,
                    effect.equals("deny") ? "" : ", " + terms))
        .list()
        .ofMinSize(2)
        .ofMaxSize(6)
        .uniqueElements(rule -> rule.substring(0, rule.indexOf(',')));
  }
}
