package dev.ephemeris.policy.azure;

import static dev.ephemeris.policy.azure.World.ACCOUNT;
import static dev.ephemeris.policy.azure.World.ENTRA;
import static dev.ephemeris.policy.azure.World.FACTS;
import static dev.ephemeris.policy.azure.World.G;
import static dev.ephemeris.policy.azure.World.H;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.LeaseTerms;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.PropertyDefaults;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;

/** What holds for every policy and every native RBAC, tried in a small world. */
@PropertyDefaults(tries = 200, edgeCases = EdgeCasesMode.NONE)
class BothWaysPropertiesTest {
  private static final String AZURE = "Microsoft.DocumentDB/databaseAccounts/";
  private static final String CONTAINERS = AZURE + "sqlDatabases/containers/";
  private static final List<Set<GroupRef>> MEMBERSHIPS =
      List.of(Set.of(), Set.of(G), Set.of(H), Set.of(G, H));

  @Property
  void decidesAsTheNativeRbacThatItWasImportedFrom(
      @ForAll("understood") List<Map<String, Object>> resources) {
    Imported imported = Imported.of(NativeRoles.read(resources), ENTRA);
    Policy policy = World.policy(imported.policy());

    assertThat(imported.leftOut()).isEmpty();
    for (Set<GroupRef> groups : MEMBERSHIPS) {
      Grant grant = policy.compile(World.member(groups), List.of(FACTS));
      World.everywhere(
          (action, scope) ->
              assertThat(allows(grant, action, scope))
                  .as("%s %s on %s by%n%s", groups, action, scope, imported.policy())
                  .isEqualTo(World.allows(resources, groups, action, scope)));
    }
  }

  @Property
  void allowsNoMoreThanTheNativeRbacThatItWasImportedFrom(
      @ForAll("anything") List<Map<String, Object>> resources) {
    Imported imported = Imported.of(NativeRoles.read(resources), ENTRA);
    Policy policy = World.policy(imported.policy());

    for (Set<GroupRef> groups : MEMBERSHIPS) {
      Grant grant = policy.compile(World.member(groups), List.of(FACTS));
      World.everywhere(
          (action, scope) -> {
            if (allows(grant, action, scope)) {
              assertThat(World.allows(resources, groups, action, scope)).isTrue();
            } else if (World.allows(resources, groups, action, scope)) {
              assertThat(imported.leftOut()).isNotEmpty();
            }
          });
    }
  }

  @Property
  void exportsWhatThePolicyAllowsInTheLaneAndNoMore(@ForAll("policies") String text) {
    Policy policy = World.rules(text);
    Exported exported = Exported.of(policy, FACTS, ACCOUNT, ENTRA);
    Policy back = World.policy(Imported.of(exported.roles(), ENTRA).policy());
    Statistics.label("exported").collect(!exported.assignments().isEmpty());
    Statistics.label("left out").collect(!exported.leftOut().isEmpty());

    for (Set<GroupRef> groups : MEMBERSHIPS) {
      Grant wanted = policy.compile(World.member(groups), List.of(FACTS));
      Grant got = back.compile(World.member(groups), List.of(FACTS));
      World.everywhere(
          (action, scope) -> {
            boolean allowed = allowsInLane(wanted, action, scope);
            if (exported.leftOut().isEmpty()) {
              assertThat(allowsInLane(got, action, scope)).isEqualTo(allowed);
            } else if (allowsInLane(got, action, scope)) {
              assertThat(allowed).as("%s %s on %s of%n%s", groups, action, scope, text).isTrue();
            }
          });
    }
  }

  @Property
  void exportsTheSameAgainFromWhatItImported(
      @ForAll("understood") List<Map<String, Object>> resources) {
    Policy policy = World.policy(Imported.of(NativeRoles.read(resources), ENTRA).policy());
    Exported once = Exported.of(policy, FACTS, ACCOUNT, ENTRA);

    Policy back = World.policy(Imported.of(once.roles(), ENTRA).policy());
    Exported again = Exported.of(back, FACTS, ACCOUNT, ENTRA);

    assertThat(Drift.between(once.roles(), again.roles())).matches(Drift::isNone);
  }

  private static boolean allows(Grant grant, Action action, Scope scope) {
    return grant.decide(action, scope, CredentialForm.LEASE_TOKEN, World.NOON)
        instanceof Decision.Allow;
  }

  private static boolean allowsInLane(Grant grant, Action action, Scope scope) {
    return grant.leaseTerms(
            Set.of(action), scope, Lane.RBAC, CredentialForm.LEASE_TOKEN, World.NOON)
        instanceof LeaseTerms.Granted;
  }

  /** What a policy can say: nothing of it is left out. */
  @Provide
  Arbitrary<List<Map<String, Object>>> understood() {
    return resources(
        actions(),
        Arbitraries.of(World.G_ID, World.H_ID),
        Arbitraries.just("/"),
        Arbitraries.integers().between(0, 2));
  }

  /** What isn't all understood: unknown actions, principals and roles, and narrow roles. */
  @Provide
  Arbitrary<List<Map<String, Object>>> anything() {
    return resources(
        Arbitraries.oneOf(
            actions(),
            Arbitraries.of(AZURE + "sqlDatabases/*", AZURE + "sqlDatabases/write", "reads")),
        Arbitraries.of(World.G_ID, World.H_ID, World.ADA_ID, World.NOBODYS_ID),
        Arbitraries.of("/", "/dbs/a", "/dbs/a/colls/b"),
        Arbitraries.integers().between(0, 3));
  }

  private static Arbitrary<String> actions() {
    return Arbitraries.oneOf(
        Arbitraries.of(Action.dataActions()).map(Action::azureName),
        Arbitraries.of(CONTAINERS + "*", CONTAINERS + "items/*"));
  }

  private static UUID role(int number) {
    return UUID.fromString("cccccccc-0000-0000-0000-00000000000" + number);
  }

  private static Arbitrary<List<Map<String, Object>>> resources(
      Arbitrary<String> actions,
      Arbitrary<UUID> principals,
      Arbitrary<String> assignable,
      Arbitrary<Integer> roles) {
    Arbitrary<Map<String, Object>> definition =
        Combinators.combine(
                Arbitraries.of("reader", "reader", "data-reader", " ", "it's \"${x}\"\n: - #"),
                actions.set().ofMinSize(1).ofMaxSize(3),
                assignable.set().ofMinSize(1).ofMaxSize(2))
            .as(
                (name, names, scopes) ->
                    World.definition(
                        role(0), name, new ArrayList<>(scopes), new ArrayList<>(names)));
    Arbitrary<Map<String, Object>> assignment =
        Combinators.combine(
                principals,
                roles,
                Arbitraries.of("", "/dbs/a", "/dbs/b", "/dbs/a/colls/a", "/dbs/a/colls/b"))
            .as(
                (principal, role, scope) ->
                    World.assignment(role(0), principal, role(role), ACCOUNT + scope));
    return Combinators.combine(definition.list().ofSize(3), assignment.list().ofMaxSize(5))
        .as(
            (definitions, assignments) ->
                Stream.concat(numbered(definitions), numbered(assignments)).toList());
  }

  /** With the number in the list as the last digit of the id. */
  private static Stream<Map<String, Object>> numbered(List<Map<String, Object>> resources) {
    return IntStream.range(0, resources.size())
        .mapToObj(
            i -> {
              Map<String, Object> resource = new HashMap<>(resources.get(i));
              resource.computeIfPresent(
                  "id", (key, id) -> ((String) id).replaceFirst(".$", "" + i));
              return resource;
            });
  }

  @Provide
  Arbitrary<String> policies() {
    return rule()
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(
            rules ->
                IntStream.range(0, rules.size())
                    .mapToObj(i -> "- name: rule " + i + "\n" + rules.get(i))
                    .collect(
                        Collectors.joining(
                            "", "roles: { mine: { actions: [items/*] } }\nrules:\n", "")));
  }

  /** Mostly what native RBAC can say. */
  private static Arbitrary<String> rule() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(
                    8,
                    Arbitraries.of(
                        "  for: { groups: [group:default/g] }\n",
                        "  for: { groups: [group:default/g, group:default/h] }\n")),
                Tuple.of(
                    1,
                    Arbitraries.of(
                        "  for: { groups: [group:default/h], principal: person }\n",
                        "  for: { principal: person }\n",
                        "  for: { groups: [group:default/unheard-of] }\n"))),
            Arbitraries.of(
                "  role: data-reader\n",
                "  role: data-contributor\n",
                "  role: mine\n",
                "  actions: [items/read, executeQuery]\n",
                "  actions: [reads, code]\n",
                "  actions: [management, items/read]\n"),
            Arbitraries.of(
                "  scopes: ['one:/']\n",
                "  scopes: ['*:/dbs/a']\n",
                "  scopes: ['one:/dbs/a/colls/b', 'one:/dbs/b']\n",
                "  scopes: ['two:/', 'one:/dbs/b/colls/a']\n",
                "  scopes: ['one:/dbs/*/colls/a']\n"),
            Arbitraries.frequencyOf(
                Tuple.of(12, Arbitraries.just("")),
                Tuple.of(
                    4,
                    Arbitraries.of(
                        "  effect: deny\n",
                        "  effect: deny\n  lanes: [proxy]\n",
                        "  effect: deny\n  environments: [staging]\n",
                        "  lanes: [rbac]\n",
                        "  lanes: [proxy, token]\n",
                        "  environments: [staging]\n",
                        "  environments: ['pr*']\n",
                        "  ttl: { default: 1h, max: 2h }\n",
                        "  limits: { itemsPerPage: 1 }\n",
                        "  credentials: [lease-key]\n"))))
        .as((who, what, where, rest) -> who + what + where + rest);
  }
}
