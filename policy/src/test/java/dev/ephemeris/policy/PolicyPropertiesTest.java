package dev.ephemeris.policy;

import static java.time.temporal.ChronoUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
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
          Decision decision = grant.decide(action, scope, form, caller.circumstances());

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
      switch (grant.leaseTerms(actions, scope, lane, form, caller.circumstances())) {
        case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by, Set<Obligations> obligations) -> {
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
                        assertThat(
                                reference.deniesWithin(action, scope, lane, SCOPES)
                                    || !reference.isUnconditional(why.by().orElseThrow()))
                            .isTrue();
                      } else {
                        // Where a denial with conditions is no denial but can't be enforced, what
                        // stands in an agent's own way comes first.
                        assertThat(why.reason().code())
                            .isIn(
                                reference.decide(action, scope, lane),
                                lane == Lane.PROXY
                                    ? reference.decide(action, scope, lane)
                                    : reference.decideAlone(action, scope, lane));
                      }
                    });
      }
    }
  }

  /** Whatever rules there are, nobody gains by sending an agent, nor an agent by being sent. */
  @Property
  void givesAnAgentWhatItAndWhomItActsForMayBoth(
      @ForAll("rules") List<Rule> rules,
      @ForAll("agents") Caller agent,
      @ForAll("standings") Standing theirs,
      @ForAll CredentialForm form) {
    Principal whom = agent.principal().actsFor().orElseThrow();
    List<AccountFacts> accounts = List.of(agent.account());
    Grant both = agent.grant(rules);
    Grant ofAgent =
        Grant.of(
            new Theirs(Theirs.of(rules, agent.principal()).rules(), Optional.empty()),
            agent.principal(),
            accounts);
    Grant ofWhom = new Policy(Map.of(), rules).compile(whom, accounts);
    Circumstances own = new Acting(agent.circumstances(), theirs);

    everywhere(
        (action, scope) ->
            assertThat(both.decide(action, scope, form, own) instanceof Decision.Allow)
                .isEqualTo(
                    ofAgent.decide(action, scope, form, own) instanceof Decision.Allow
                        && ofWhom.decide(action, scope, form, own.actedFor())
                            instanceof Decision.Allow));
  }

  /** Whoever asks about choices beforehand is told what is decided later. */
  @Property
  void tellsBeforehandWhatItDecidesForAnAgent(
      @ForAll("rules") List<Rule> rules,
      @ForAll("agents") Caller agent,
      @ForAll("standings") Standing theirs,
      @ForAll CredentialForm form) {
    Grant grant = agent.grant(rules);
    Circumstances own = new Acting(agent.circumstances(), theirs);

    everywhere(
        (action, scope) -> {
          ScopeTree.Choice first =
              grant.choices(action, scope, Lane.PROXY, form).stream()
                  .filter(choice -> choice.when().holds(own))
                  .findFirst()
                  .orElseThrow();

          assertThat(code(first.decision()))
              .isEqualTo(code(grant.decide(action, scope, form, own)));
        });
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
            assertThat(
                    one.decide(action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances()))
                .isEqualTo(
                    other.decide(
                        action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances())));
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
          if (after.decide(action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances())
              instanceof Decision.Allow) {
            assertThat(
                    before.decide(
                        action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances()))
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
          if (before.decide(action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances())
              instanceof Decision.Allow) {
            assertThat(
                    after.decide(action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances()))
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
          if (grant.decide(action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances())
              instanceof Decision.Allow) {
            SCOPES.stream()
                .filter(scope::covers)
                .map(
                    narrower ->
                        code(
                            grant.decide(
                                action,
                                narrower,
                                CredentialForm.LEASE_TOKEN,
                                caller.circumstances())))
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
          if (code(grant.decide(action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances()))
              .equals("denied-by-rule")) {
            SCOPES.stream()
                .filter(scope::covers)
                .map(
                    narrower ->
                        code(
                            grant.decide(
                                action,
                                narrower,
                                CredentialForm.LEASE_TOKEN,
                                caller.circumstances())))
                .forEach(code -> assertThat(code).isEqualTo("denied-by-rule"));
          }
        });
  }

  @Property
  void explainsTheDecisionsThatItMakes(
      @ForAll("rules") List<Rule> rules, @ForAll("callers") Caller caller, @ForAll Action action) {
    for (Scope scope : SCOPES) {
      Explanation explanation =
          new Policy(Map.of(), rules)
              .explain(caller.principal(), action, scope, caller.account(), caller.circumstances());

      assertThat(explanation.decision())
          .isEqualTo(
              caller
                  .grant(rules)
                  .decide(action, scope, CredentialForm.LEASE_TOKEN, caller.circumstances()));
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
            if (!code(was.decide(action, scope, form, caller.circumstances())).equals("allow")
                && code(is.decide(action, scope, form, caller.circumstances())).equals("allow")) {
              assertThat(told(changes, action, scope, Way.valueOf(form.name())))
                  .map(PolicyDiff.Change::kind)
                  .get()
                  .isIn(PolicyDiff.Kind.GAINS, PolicyDiff.Kind.CHANGES);
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
    return callers(0.3);
  }

  @Provide
  Arbitrary<Caller> agents() {
    return callers(1);
  }

  private static Arbitrary<Caller> callers(double acting) {
    return Combinators.combine(
            principals(),
            principals().optional(acting),
            Arbitraries.of("prod", "preview-1"),
            Arbitraries.of(Lane.class).set().ofMinSize(1),
            moments())
        .as(
            (principal, actsFor, environment, lanes, moment) ->
                new Caller(
                    actingFor(principal, actsFor),
                    new AccountFacts("one", environment, lanes),
                    moment));
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
                    Arbitraries.of(CredentialForm.class).set().ofMinSize(1),
                    Arbitraries.of("acme", "eu", "${claims.tenant}")
                        .map(KeyPart::parse)
                        .list()
                        .ofMaxSize(2)
                        .optional(0.3),
                    conditions())
                .as(Ways::new),
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
                    ways.lanes(),
                    effect == Effect.DENY ? Set.of(CredentialForm.values()) : ways.credentials(),
                    effect == Effect.DENY ? List.of() : ways.key().orElse(List.of()),
                    ways.when(),
                    ttl,
                    Obligations.NONE));
  }

  /** Any minute of a week in which clocks are put back, from a few places or from nowhere known. */
  private static Arbitrary<Circumstances> moments() {
    return Combinators.combine(
            Arbitraries.longs()
                .between(0, 7 * 24 * 60)
                .map(minutes -> Instant.parse("2026-10-22T00:00:00Z").plus(minutes, MINUTES)),
            Arbitraries.of("10.1.2.3", "10.1.255.1", "192.0.2.1", "2001:db8::1", "fe80::1")
                .map(InetAddress::ofLiteral)
                .optional(0.8),
            standings(),
            Arbitraries.of("acme", "eu", "").list().ofMaxSize(2))
        .as(
            (at, from, standing, key) ->
                (Circumstances) new Circumstances.Given(at, from, standing, key));
  }

  @Provide
  static Arbitrary<Standing> standings() {
    return Combinators.combine(
            Arbitraries.of("cli", "app").optional(0.7),
            Arbitraries.longs()
                .between(0, 7 * 24 * 60)
                .map(minutes -> Instant.parse("2026-10-22T00:00:00Z").plus(minutes, MINUTES))
                .optional(0.5),
            Arbitraries.of("a look", "OPS-1").optional(0.5),
            Arbitraries.of("OPS-1", "XOPS-12").optional(0.5))
        .as(Standing::new);
  }

  private static Arbitrary<Conditions> conditions() {
    Arbitrary<List<Network>> networks =
        Arbitraries.of(
                "10.1.2.3", "10.1.0.0/17", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/127", "::/0")
            .map(Network::parse)
            .list()
            .ofMinSize(1)
            .ofMaxSize(2);
    return Combinators.combine(
            networks.optional(0.2),
            windows().optional(0.2),
            Arbitraries.of(false, false, false, true),
            Arbitraries.of("cli", "app").set().ofMinSize(1).optional(0.1),
            Arbitraries.of(".*look", "OPS-1").map(TextPattern::parse).optional(0.1),
            Arbitraries.just("OPS-[0-9]+").map(TextPattern::parse).optional(0.1))
        .as(
            (network, window, mfa, clients, reason, ticket) ->
                new Conditions(Optional.empty(), network, window, mfa, clients, reason, ticket));
  }

  private static Arbitrary<TimeWindow> windows() {
    return Combinators.combine(
            Arbitraries.of("mon-sun", "mon-fri", "sat-mon", "wed")
                .map(TimeWindow.Days::parse)
                .list()
                .ofMinSize(1)
                .ofMaxSize(2),
            Arbitraries.of("00:00", "02:30", "08:00").map(TimeWindow.Clock::parse),
            Arbitraries.of("03:00", "07:59", "18:00", "23:59").map(TimeWindow.Clock::parse),
            Arbitraries.of(true, false),
            Arbitraries.of("UTC", "Europe/Berlin", "Pacific/Auckland").map(TimeWindow.Zone::parse))
        .as(
            (days, early, late, byDay, zone) ->
                new TimeWindow(days, byDay ? early : late, byDay ? late : early, zone));
  }

  private static Arbitrary<Subjects> subjects() {
    Arbitrary<Optional<Set<GroupRef>>> groups = groups().set().ofMinSize(1).optional(0.5);
    Arbitrary<Optional<PrincipalKind>> kinds = Arbitraries.of(PrincipalKind.class).optional(0.4);
    Arbitrary<Map<String, ClaimPattern>> claims =
        Arbitraries.maps(
                Arbitraries.of("tenant", "ref"),
                Arbitraries.of("*", "acme", "ac*", "eu").map(ClaimPattern::parse))
            .ofMinSize(1)
            .ofMaxSize(2);
    return Combinators.combine(
            groups,
            users().set().ofMinSize(1).optional(0.2),
            Arbitraries.of(false, false, false, true),
            Combinators.combine(Arbitraries.of("corp", "other"), claims.optional(0.5))
                .as(OfIssuer::new)
                .optional(0.2),
            kinds,
            Combinators.combine(groups().set().ofMinSize(1).optional(0.5), users().map(Set::of))
                .as((any, user) -> new Subjects.ActsFor(any, Optional.of(user), Optional.empty()))
                .optional(0.1))
        .filter(
            (any, users, owners, said, kind, actsFor) ->
                any.isPresent()
                    || users.isPresent()
                    || owners
                    || said.isPresent()
                    || kind.isPresent()
                    || actsFor.isPresent())
        .as(
            (any, users, owners, said, kind, actsFor) ->
                new Subjects(
                    any,
                    users,
                    owners,
                    said.map(OfIssuer::issuer),
                    said.flatMap(OfIssuer::claims),
                    kind,
                    actsFor));
  }

  /** What a rule asks an issuer. */
  private record OfIssuer(String issuer, Optional<Map<String, ClaimPattern>> claims) {}

  private static Arbitrary<UserRef> users() {
    return Arbitraries.of("alice", "bob").map(name -> new UserRef("default", name));
  }

  private static Arbitrary<Principal> principals() {
    return Combinators.combine(
            Arbitraries.of(PrincipalKind.class),
            users().optional(0.7),
            groups().set().ofMaxSize(2),
            Arbitraries.of("one:/dbs/a", "*:/dbs/b/colls/a", "two:/", "one:/dbs/*/colls/b")
                .map(OwnedScope::new)
                .set()
                .ofMaxSize(2),
            Arbitraries.maps(
                    Arbitraries.of("tenant", "ref"), Arbitraries.of("acme", "ac", "eu", ""))
                .ofMaxSize(2))
        .as(
            (kind, user, groups, owns, claims) ->
                new Principal(
                    new PrincipalId("corp", "alice"),
                    kind,
                    "Alice",
                    user,
                    groups,
                    owns,
                    claims,
                    Optional.empty()));
  }

  private static Principal actingFor(Principal agent, Optional<Principal> whom) {
    return new Principal(
        agent.id(),
        agent.kind(),
        agent.displayName(),
        agent.user(),
        agent.groups(),
        agent.owns(),
        agent.claims(),
        whom);
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
      case Decision.Allow(RuleName by, Obligations obligations) -> List.of(by);
      case Decision.Deny(Reason reason, Optional<RuleName> by) -> by.stream().toList();
    };
  }

  /** How, and when, a rule lets somebody in. */
  private record Ways(
      Set<Lane> lanes,
      Set<CredentialForm> credentials,
      Optional<List<KeyPart>> key,
      Conditions when) {}

  /** Someone, the account that they turn to, and when. */
  record Caller(Principal principal, AccountFacts account, Circumstances circumstances) {
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
      return new ReferenceInterpreter(rules, principal, account, form, circumstances);
    }
  }
}
