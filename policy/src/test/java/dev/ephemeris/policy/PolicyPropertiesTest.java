package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** What holds for every policy, tried in small worlds where rules often meet. */
@PropertyDefaults(tries = 200, edgeCases = EdgeCasesMode.NONE)
class PolicyPropertiesTest {
  private static final List<Scope> SCOPES = scopes();

  @Property
  void decidesAsThePlainReadingOfTheRulesDoes(
      @ForAll("rules") List<Rule> rules,
      @ForAll("callers") Caller caller,
      @ForAll CredentialForm form) {
    Grant grant = caller.grant(rules);
    ReferenceInterpreter reference = caller.reference(rules, form);

    everywhere(
        (action, scope) -> {
          Decision decision = grant.decide(action, scope, form);

          assertThat(code(decision)).isEqualTo(reference.decide(action, scope, Lane.PROXY));
          assertThat(reference.rulesFor(effect(decision), action, scope, Lane.PROXY))
              .containsAll(by(decision));
        });
  }

  @Property
  void givesLeasesAsThePlainReadingOfTheRulesDoes(
      @ForAll("rules") List<Rule> rules,
      @ForAll("callers") Caller caller,
      @ForAll Lane lane,
      @ForAll CredentialForm form,
      @ForAll @Size(min = 1, max = 3) Set<Action> actions) {
    Grant grant = caller.grant(rules);
    ReferenceInterpreter reference = caller.reference(rules, form);

    for (Scope scope : SCOPES) {
      switch (grant.leaseTerms(actions, scope, lane, form)) {
        case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by) -> {
          assertThat(actions)
              .allMatch(action -> reference.decide(action, scope, lane).equals("allow"))
              .allMatch(
                  action ->
                      lane == Lane.PROXY || !reference.deniesWithin(action, scope, lane, SCOPES));
          assertThat(by).isEqualTo(reference.allowing(actions, scope, lane));
          assertThat(ttl).isEqualTo(reference.shortestTtl(by));
        }
        case LeaseTerms.Refused(Map<Action, Decision.Deny> reasons) ->
            assertThat(reasons)
                .isNotEmpty()
                .allSatisfy(
                    (action, why) -> {
                      assertThat(actions).contains(action);
                      if (why.reason() == Reason.LANE_CANNOT_ENFORCE) {
                        assertThat(lane).isNotEqualTo(Lane.PROXY);
                        assertThat(reference.deniesWithin(action, scope, lane, SCOPES)).isTrue();
                      } else {
                        assertThat(reference.decide(action, scope, lane))
                            .isEqualTo(why.reason().code());
                      }
                    });
      }
    }
  }

  @Property
  void doesNotMindTheOrderOfRules(
      @ForAll("rules") List<Rule> rules, @ForAll("callers") Caller caller, @ForAll Random random) {
    List<Rule> shuffled = new ArrayList<>(rules);
    Collections.shuffle(shuffled, random);
    Grant one = caller.grant(rules);
    Grant other = caller.grant(shuffled);

    everywhere(
        (action, scope) ->
            assertThat(one.decide(action, scope, CredentialForm.LEASE_TOKEN))
                .isEqualTo(other.decide(action, scope, CredentialForm.LEASE_TOKEN)));
  }

  @Property
  void neverWidensWhenADenialIsAdded(
      @ForAll("rules") List<Rule> rules,
      @ForAll("denials") Rule denial,
      @ForAll("callers") Caller caller) {
    Grant before = caller.grant(rules);
    Grant after = caller.grant(with(rules, denial));

    everywhere(
        (action, scope) -> {
          if (after.decide(action, scope, CredentialForm.LEASE_TOKEN) instanceof Decision.Allow) {
            assertThat(before.decide(action, scope, CredentialForm.LEASE_TOKEN))
                .isInstanceOf(Decision.Allow.class);
          }
        });
  }

  @Property
  void neverNarrowsWhenAnAllowanceIsAdded(
      @ForAll("rules") List<Rule> rules,
      @ForAll("allowances") Rule allowance,
      @ForAll("callers") Caller caller) {
    Grant before = caller.grant(rules);
    Grant after = caller.grant(with(rules, allowance));

    everywhere(
        (action, scope) -> {
          if (before.decide(action, scope, CredentialForm.LEASE_TOKEN) instanceof Decision.Allow) {
            assertThat(after.decide(action, scope, CredentialForm.LEASE_TOKEN))
                .isInstanceOf(Decision.Allow.class);
          }
        });
  }

  @Property
  void allowsWithinAScopeWhatItAllowsOnItUnlessARuleDenies(
      @ForAll("rules") List<Rule> rules, @ForAll("callers") Caller caller) {
    Grant grant = caller.grant(rules);

    everywhere(
        (action, scope) -> {
          if (grant.decide(action, scope, CredentialForm.LEASE_TOKEN) instanceof Decision.Allow) {
            SCOPES.stream()
                .filter(scope::covers)
                .map(narrower -> code(grant.decide(action, narrower, CredentialForm.LEASE_TOKEN)))
                .forEach(code -> assertThat(code).isIn("allow", "denied-by-rule"));
          }
        });
  }

  @Property
  void deniesWithinAScopeWhatARuleDeniesOnIt(
      @ForAll("rules") List<Rule> rules, @ForAll("callers") Caller caller) {
    Grant grant = caller.grant(rules);

    everywhere(
        (action, scope) -> {
          if (code(grant.decide(action, scope, CredentialForm.LEASE_TOKEN))
              .equals("denied-by-rule")) {
            SCOPES.stream()
                .filter(scope::covers)
                .map(narrower -> code(grant.decide(action, narrower, CredentialForm.LEASE_TOKEN)))
                .forEach(code -> assertThat(code).isEqualTo("denied-by-rule"));
          }
        });
  }

  @Property
  void explainsTheDecisionsThatItMakes(
      @ForAll("rules") List<Rule> rules, @ForAll("callers") Caller caller, @ForAll Action action) {
    for (Scope scope : SCOPES) {
      Explanation explanation =
          new Policy(Map.of(), rules).explain(caller.principal(), action, scope, caller.account());

      assertThat(explanation.decision())
          .isEqualTo(caller.grant(rules).decide(action, scope, CredentialForm.LEASE_TOKEN));
      assertThat(explanation.rules())
          .hasSameSizeAs(rules)
          .filteredOn(Explanation.RuleTrace::matches)
          .extracting(Explanation.RuleTrace::rule)
          .containsExactlyInAnyOrderElementsOf(
              rules.stream()
                  .filter(
                      rule ->
                          caller
                              .reference(rules, CredentialForm.LEASE_TOKEN)
                              .matches(rule, action, scope, Lane.PROXY))
                  .map(Rule::name)
                  .toList());
    }
  }

  @Property
  void differsInNothingFromItself(
      @ForAll("rules") List<Rule> rules, @ForAll("callers") Caller caller, @ForAll Random random) {
    List<Rule> shuffled = new ArrayList<>(rules);
    Collections.shuffle(shuffled, random);

    assertThat(caller.diff(rules, shuffled).isEmpty()).isTrue();
  }

  @Property
  void tellsEachDecisionThatDiffersAndNoOther(
      @ForAll("rules") List<Rule> before,
      @ForAll("rules") List<Rule> after,
      @ForAll("callers") Caller caller) {
    Grant was = caller.grant(before);
    Grant is = caller.grant(after);
    List<PolicyDiff.Change> changes =
        caller.diff(before, after).people().stream()
            .flatMap(affected -> affected.changes().stream())
            .toList();

    everywhere(
        (action, scope) -> {
          for (Way way : Way.values()) {
            Optional<Way.Given> given = way.ask(was, action, scope).asGiven();
            Optional<Way.Given> now = way.ask(is, action, scope).asGiven();
            Optional<PolicyDiff.Change> told = told(changes, action, scope, way);

            assertThat(told.isPresent()).isEqualTo(!given.equals(now));
            assertThat(told.flatMap(PolicyDiff.Change::before))
                .isEqualTo(told.isPresent() ? given : Optional.empty());
            assertThat(told.flatMap(PolicyDiff.Change::after))
                .isEqualTo(told.isPresent() ? now : Optional.empty());
          }
          for (CredentialForm form : CredentialForm.values()) {
            if (!code(was.decide(action, scope, form)).equals("allow")
                && code(is.decide(action, scope, form)).equals("allow")) {
              assertThat(told(changes, action, scope, Way.valueOf(form.name())))
                  .map(PolicyDiff.Change::kind)
                  .contains(PolicyDiff.Kind.GAINS);
            }
          }
        });
  }

  /** What a reader of the diff finds: the narrowest that is said, and exceptions are said too. */
  private static Optional<PolicyDiff.Change> told(
      List<PolicyDiff.Change> changes, Action action, Scope scope, Way way) {
    record Said(ScopePattern scope, Optional<PolicyDiff.Change> change) {}
    return changes.stream()
        .filter(change -> change.actions().contains(action) && change.ways().contains(way))
        .flatMap(
            change ->
                Stream.concat(
                    Stream.of(new Said(ScopePattern.parse(change.scope()), Optional.of(change))),
                    change.except().stream()
                        .map(scopes -> new Said(ScopePattern.parse(scopes), Optional.empty()))))
        .filter(said -> said.scope().covers(scope))
        .max(
            Comparator.comparing((Said said) -> weight(said.scope().database()))
                .thenComparing(said -> weight(said.scope().container())))
        .flatMap(Said::change);
  }

  private static int weight(Optional<String> name) {
    return name.map(given -> given.equals("*") ? 1 : 2).orElse(0);
  }

  @Provide
  Arbitrary<List<Rule>> rules() {
    return rule(Arbitraries.of(Effect.ALLOW, Effect.ALLOW, Effect.DENY))
        .list()
        .ofMaxSize(8)
        .uniqueElements(Rule::name);
  }

  @Provide
  Arbitrary<Rule> denials() {
    return rule(Arbitraries.just(Effect.DENY));
  }

  @Provide
  Arbitrary<Rule> allowances() {
    return rule(Arbitraries.just(Effect.ALLOW));
  }

  @Provide
  Arbitrary<Caller> callers() {
    return Combinators.combine(
            Arbitraries.of(PrincipalKind.class),
            groups().set().ofMaxSize(2),
            Arbitraries.of("prod", "preview-1"),
            Arbitraries.of(Lane.class).set().ofMinSize(1))
        .as(
            (kind, groups, environment, lanes) ->
                new Caller(
                    new Principal(new PrincipalId("corp", "alice"), kind, "Alice", groups),
                    new AccountFacts("one", environment, lanes)));
  }

  private static Arbitrary<Rule> rule(Arbitrary<Effect> effects) {
    return Combinators.combine(
            Arbitraries.integers().between(1, 1000).map(n -> new RuleName("rule " + n)),
            effects,
            subjects(),
            Arbitraries.of(Action.class).set().ofMinSize(1),
            scopePatterns().list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.of("*", "prod", "preview-*", "pre")
                .map(EnvironmentPattern::parse)
                .list()
                .ofMinSize(1)
                .ofMaxSize(2),
            Combinators.combine(
                    Arbitraries.of(Lane.class).set().ofMinSize(1),
                    Arbitraries.of(CredentialForm.class).set().ofMinSize(1))
                .as(Map::entry),
            Arbitraries.integers()
                .between(1, 9)
                .map(n -> new Ttl(Duration.ofMinutes(n), Duration.ofHours(10 - n))))
        .as(
            (name, effect, subjects, actions, scopes, environments, ways, ttl) ->
                new Rule(
                    name,
                    effect,
                    subjects,
                    actions,
                    scopes,
                    environments,
                    ways.getKey(),
                    effect == Effect.DENY ? Set.of(CredentialForm.values()) : ways.getValue(),
                    ttl,
                    Limits.NONE));
  }

  private static Arbitrary<Subjects> subjects() {
    return Arbitraries.oneOf(
        groups().set().ofMinSize(1).map(any -> new Subjects(Optional.of(any), Optional.empty())),
        Arbitraries.of(PrincipalKind.class)
            .map(kind -> new Subjects(Optional.empty(), Optional.of(kind))),
        Combinators.combine(groups().set().ofMinSize(1), Arbitraries.of(PrincipalKind.class))
            .as((any, kind) -> new Subjects(Optional.of(any), Optional.of(kind))));
  }

  private static Arbitrary<ScopePattern> scopePatterns() {
    Arbitrary<String> names = Arbitraries.of("*", "a", "b");
    return Combinators.combine(Arbitraries.of("*", "one", "one", "two"), names.list().ofMaxSize(2))
        .as(
            (account, path) ->
                new ScopePattern(
                    account, path.stream().findFirst(), path.stream().skip(1).findFirst()));
  }

  private static Arbitrary<GroupRef> groups() {
    return Arbitraries.of("g", "h").map(name -> new GroupRef("default", name));
  }

  /** Every scope of the account: names that rules know, and one that they don't. */
  private static List<Scope> scopes() {
    List<Scope> scopes = new ArrayList<>(List.of(Scope.of("one")));
    for (String database : List.of("a", "b", "other")) {
      scopes.add(Scope.of("one", database));
      for (String container : List.of("a", "b", "other")) {
        scopes.add(Scope.of("one", database, container));
      }
    }
    return List.copyOf(scopes);
  }

  private static void everywhere(BiConsumer<Action, Scope> check) {
    for (Scope scope : SCOPES) {
      for (Action action : Action.values()) {
        check.accept(action, scope);
      }
    }
  }

  private static List<Rule> with(List<Rule> rules, Rule one) {
    return Stream.concat(rules.stream(), Stream.of(one)).toList();
  }

  private static String code(Decision decision) {
    return switch (decision) {
      case Decision.Allow allow -> "allow";
      case Decision.Deny deny -> deny.reason().code();
    };
  }

  private static Effect effect(Decision decision) {
    return code(decision).equals("denied-by-rule") ? Effect.DENY : Effect.ALLOW;
  }

  private static List<RuleName> by(Decision decision) {
    return switch (decision) {
      case Decision.Allow(RuleName by, Limits limits) -> List.of(by);
      case Decision.Deny(Reason reason, Optional<RuleName> by) -> by.stream().toList();
    };
  }

  /** Someone, and the account that they turn to. */
  record Caller(Principal principal, AccountFacts account) {
    Grant grant(List<Rule> rules) {
      return new Policy(Map.of(), rules).compile(principal, List.of(account));
    }

    PolicyDiff diff(List<Rule> before, List<Rule> after) {
      return new Policy(Map.of(), before)
          .diff(
              new Policy(Map.of(), after),
              List.of(new Candidate("alice", principal)),
              List.of(account));
    }

    ReferenceInterpreter reference(List<Rule> rules, CredentialForm form) {
      return new ReferenceInterpreter(rules, principal, account, form);
    }
  }
}
