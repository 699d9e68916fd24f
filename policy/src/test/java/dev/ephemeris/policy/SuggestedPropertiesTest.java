package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** What holds of whatever is suggested, whatever was seen. */
@PropertyDefaults(tries = 100, edgeCases = EdgeCasesMode.NONE)
class SuggestedPropertiesTest {
  private static final List<AccountFacts> ACCOUNTS =
      List.of(
          new AccountFacts("one", "prod", Set.of(Lane.PROXY)),
          new AccountFacts("two", "pre", Set.of(Lane.PROXY)));
  private static final List<Scope> SCOPES =
      List.of(
          Scope.of("one"),
          Scope.of("one", "a"),
          Scope.of("one", "a", "x"),
          Scope.of("one", "a", "y: {z}, '\""),
          Scope.of("one", "b", "x"),
          Scope.of("two", "a", "x"));
  private static final List<Action> ACTIONS =
      List.of(Action.READ_METADATA, Action.ITEMS_READ, Action.ITEMS_DELETE, Action.RUN_TRIGGERS);
  private static final List<String> GROUPS = List.of("g", "h", "all");

  /** Who there is: users of a catalog, and others. */
  record World(List<Principal> principals, List<Observation> observations) {
    List<Candidate> catalog() {
      return principals.stream().map(each -> new Candidate(each.displayName(), each)).toList();
    }

    Suggested suggested(boolean wholeDatabases) {
      return Suggested.of(observations, catalog(), wholeDatabases);
    }
  }

  private static Policy policy(Suggested suggested) {
    return Policy.parse(List.of(new PolicySource("suggested.yaml", suggested.policy())));
  }

  @Property
  void allowsAllThatItWasMadeOf(@ForAll("worlds") World world, @ForAll boolean wholeDatabases) {
    Suggested suggested = world.suggested(wholeDatabases);

    assertThat(suggested.leftOut()).isEmpty();
    Policy policy = policy(suggested);
    for (Observation each : world.observations()) {
      Grant grant = policy.compile(each.by(), ACCOUNTS);
      for (Action action : each.actions()) {
        assertThat(grant.decide(action, each.scope(), each.form(), Policies.NOON))
            .isInstanceOf(Decision.Allow.class);
      }
      assertThat(
              grant.leaseTerms(
                  each.actions(), each.scope(), Lane.PROXY, each.form(), Policies.NOON))
          .isInstanceOf(LeaseTerms.Granted.class);
    }
  }

  /** Those who were seen get nothing else either, unless it is as members of a group. */
  @Property
  void givesNothingThatWasNotSeenButToAGroup(@ForAll("worlds") World world) {
    Suggested suggested = world.suggested(false);
    boolean hasGroups = suggested.policy().contains("{ groups:");
    Statistics.label("rules for groups")
        .collect(hasGroups)
        .coverage(checker -> checker.check(true).percentage(share -> share > 2));

    Policy policy = policy(suggested);
    for (Principal each : world.principals()) {
      Principal alone =
          new Principal(
              each.id(),
              each.kind(),
              each.displayName(),
              each.user(),
              Set.of(),
              Set.of(),
              each.claims(),
              Optional.empty());
      Grant grant = policy.compile(alone, ACCOUNTS);
      for (Scope scope : SCOPES) {
        for (Action action : ACTIONS) {
          for (CredentialForm form : CredentialForm.values()) {
            if (grant.decide(action, scope, form, Policies.NOON) instanceof Decision.Allow) {
              assertThat(world.observations())
                  .anyMatch(
                      seen ->
                          name(seen.by()).equals(name(each))
                              && seen.by().kind() == each.kind()
                              && seen.actions().contains(action)
                              && seen.scope().covers(scope)
                              && isKey(seen.form()) == isKey(form));
            }
          }
        }
      }
    }
  }

  /**
   * A rule for a group gives what most of its members were seen with, on the kind that they are.
   */
  @Property
  void givesAGroupOnlyWhatMostOfItWereSeenWith(@ForAll("worlds") World world) {
    Policy policy = policy(world.suggested(false));
    for (String name : GROUPS) {
      GroupRef group = new GroupRef("default", name);
      Set<UserRef> members =
          world.principals().stream()
              .filter(each -> each.groups().contains(group))
              .flatMap(each -> each.user().stream())
              .collect(Collectors.toSet());
      for (PrincipalKind kind : PrincipalKind.values()) {
        Grant grant =
            policy.compile(
                new Principal(new PrincipalId("new", "new"), kind, "new", Set.of(group)), ACCOUNTS);
        for (Scope scope : SCOPES) {
          for (Action action : ACTIONS) {
            for (CredentialForm form : CredentialForm.values()) {
              if (grant.decide(action, scope, form, Policies.NOON) instanceof Decision.Allow) {
                long seen =
                    world.observations().stream()
                        .filter(
                            each ->
                                each.by().kind() == kind
                                    && each.by().groups().contains(group)
                                    && each.actions().contains(action)
                                    && each.scope().covers(scope)
                                    && isKey(each.form()) == isKey(form))
                        .flatMap(each -> each.by().user().stream())
                        .distinct()
                        .count();
                assertThat(2 * seen).isGreaterThan(members.size());
                assertThat(seen).isGreaterThan(1);
              }
            }
          }
        }
      }
    }
  }

  @Property
  void givesNothingToWhoeverSharesNoGroupAndNoName(
      @ForAll("worlds") World world, @ForAll boolean wholeDatabases, @ForAll PrincipalKind kind) {
    Policy policy = policy(world.suggested(wholeDatabases));
    for (Principal each : world.principals()) {
      Principal stranger =
          new Principal(
              new PrincipalId(each.id().issuer(), "stranger"),
              kind,
              "stranger",
              Optional.of(UserRef.parse("user:default/stranger")),
              Set.of(new GroupRef("default", "strangers")),
              Set.of(),
              Map.of("sub", "stranger"),
              Optional.empty());
      Grant grant = policy.compile(stranger, ACCOUNTS);

      for (Scope scope : SCOPES) {
        for (Action action : Action.values()) {
          for (CredentialForm form : CredentialForm.values()) {
            assertThat(grant.decide(action, scope, form, Policies.NOON))
                .isInstanceOf(Decision.Deny.class);
          }
        }
      }
    }
  }

  private static boolean isKey(CredentialForm form) {
    return form == CredentialForm.LEASE_KEY;
  }

  private static String name(Principal principal) {
    return principal.user().map(UserRef::toString).orElseGet(principal.id()::toString);
  }

  @Provide
  Arbitrary<World> worlds() {
    Arbitrary<PrincipalKind> kinds =
        Arbitraries.frequency(
            net.jqwik.api.Tuple.of(5, PrincipalKind.PERSON),
            net.jqwik.api.Tuple.of(1, PrincipalKind.WORKLOAD));
    Arbitrary<Set<String>> groups = Arbitraries.of(GROUPS).set().ofMaxSize(3);
    Arbitrary<List<Principal>> users =
        Combinators.combine(kinds.list().ofSize(4), groups.list().ofSize(4))
            .as(
                (kind, in) -> {
                  List<Principal> made = new ArrayList<>();
                  for (int i = 0; i < 4; i++) {
                    made.add(user("u" + i, kind.get(i), in.get(i)));
                  }
                  return made;
                });
    Arbitrary<Principal> others =
        Combinators.combine(
                Arbitraries.strings()
                    .withChars("ab:\"\\'#{}[],&!|>%@`\n\r\t\u0000\u0085\u2028\u00e9- ")
                    .ofMinLength(1)
                    .ofMaxLength(12)
                    .filter(text -> !text.isBlank()),
                kinds)
            .as(SuggestedPropertiesTest::other);
    return Combinators.combine(users, others.list().ofMinSize(1).ofMaxSize(2))
        .as((some, more) -> Stream.concat(some.stream(), more.stream()).toList())
        .flatMap(
            principals ->
                observations(principals)
                    .list()
                    .ofMaxSize(12)
                    .map(observations -> new World(principals, observations)));
  }

  private static Arbitrary<Observation> observations(List<Principal> principals) {
    return Combinators.combine(
            Arbitraries.of(principals),
            Arbitraries.of(CredentialForm.values()),
            Arbitraries.of(SCOPES),
            Arbitraries.of(ACTIONS).set().ofMinSize(1).ofMaxSize(3),
            Arbitraries.of(true, false),
            Arbitraries.integers().between(0, 1000))
        .as(
            (by, form, scope, actions, asked, at) ->
                new Observation(
                    by,
                    form,
                    scope,
                    actions,
                    asked,
                    Optional.empty(),
                    1,
                    Instant.ofEpochSecond(at),
                    Instant.ofEpochSecond(at)));
  }

  private static Principal user(String name, PrincipalKind kind, Set<String> groups) {
    return new Principal(
        new PrincipalId("corp", name),
        kind,
        name,
        Optional.of(UserRef.parse("user:default/" + name)),
        groups.stream().map(group -> new GroupRef("default", group)).collect(Collectors.toSet()),
        Set.of(),
        Map.of("sub", name),
        Optional.empty());
  }

  private static Principal other(String subject, PrincipalKind kind) {
    return new Principal(
        new PrincipalId("git # hub", subject),
        kind,
        subject,
        Optional.empty(),
        Set.of(),
        Set.of(),
        Map.of("sub", subject),
        Optional.empty());
  }
}
