package dev.ephemeris.policy.azure;

import static dev.ephemeris.policy.azure.World.ACCOUNT;
import static dev.ephemeris.policy.azure.World.ENTRA;
import static dev.ephemeris.policy.azure.World.FACTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class ExportedTest {
  private static final String READERS =
      """
      rules:
      - name: readers
        for: { groups: [group:default/g] }
        role: data-reader
        scopes: ['one:/dbs/a']
      """;

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "inexpressible.csv", delimiter = '|', numLinesToSkip = 1)
  void leavesOutWhatNativeRbacHasNoWordsFor(String what, String rule, String reason) {
    Exported exported = of("rules:\n- " + rule + "\n");

    assertThat(exported.assignments()).isEmpty();
    assertThat(exported.leftOut()).containsExactly(new LeftOut("r", reason));
  }

  @Test
  void namesEveryReason() {
    Exported exported =
        of(
            """
            rules:
            - name: r
              for: { principal: agent }
              actions: [items/read, sqlDatabases/write]
              scopes: ['one:/dbs/*', 'two:/dbs/*', 'one:/dbs/a/colls/*']
              lanes: [proxy]
              ttl: { default: 1m, max: 2m }
            """);

    assertThat(exported.leftOut()).extracting(LeftOut::what).containsOnly("r");
    assertThat(World.why(exported.leftOut())).hasSize(7);
  }

  @Test
  void leavesOutWhatAnotherRuleTakesFrom() {
    String denial =
        """
        - name: not the items
          effect: deny
          for: { principal: agent }
          actions: [items/read]
          scopes: ['*:/dbs/a/colls/secret']
        """;

    assertThat(of(READERS + denial).assignments()).isEmpty();
    assertThat(World.why(of(READERS + denial).leftOut()))
        .containsExactly(
            "it denies, and native RBAC can only allow",
            "the rule 'not the items' denies some of it");
    assertThat(of(READERS + denial.replace("/dbs/a/", "/dbs/b/")).assignments()).hasSize(1);
    assertThat(of(READERS + denial.replace("items/read", "writes")).assignments()).hasSize(1);
    assertThat(of(READERS + denial + "  lanes: [proxy]\n").assignments()).hasSize(1);
    assertThat(of(READERS + denial + "  environments: [staging]\n").assignments()).hasSize(1);
  }

  @Test
  void leavesOutWhatANarrowerRuleLimits() {
    String limited =
        """
        - name: slowly
          for: { groups: [group:default/h] }
          actions: [items/read]
          scopes: ['one:/dbs/a/colls/large']
          limits: { itemsPerPage: 1 }
        """;

    assertThat(of(READERS + limited).assignments()).isEmpty();
    assertThat(of(READERS + limited).leftOut())
        .contains(new LeftOut("readers", "the rule 'slowly' obliges some of it"));
  }

  @Test
  void saysNothingOfRulesThatAreForOtherAccounts() {
    assertThat(of(READERS.replace("one:", "two:")).leftOut()).isEmpty();
    assertThat(of(READERS + "  environments: [staging]\n"))
        .matches(exported -> exported.assignments().isEmpty() && exported.leftOut().isEmpty());
  }

  @Test
  void assignsAzuresRolesUnderAzuresIds() {
    Exported exported = of(READERS);

    assertThat(exported.definitions()).isEmpty();
    assertThat(exported.assignments())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.group()).isEqualTo(World.G);
              assertThat(each.by()).containsExactly(new RuleName("readers"));
              assertThat(each.assignment().principal()).isEqualTo(World.G_ID);
              assertThat(each.assignment().roleDefinition())
                  .hasToString("00000000-0000-0000-0000-000000000001");
              assertThat(each.assignment().scope()).isEqualTo(Scope.of("one", "a"));
            });
  }

  @Test
  void definesOtherRolesOnceByTheirNameOrWhatTheyHold() {
    Exported exported =
        of(
            """
            roles: { mine: { actions: [items/*] } }
            rules:
            - { name: a, for: { groups: [group:g] }, role: mine, scopes: ['one:/dbs/a', 'one:/dbs/b'] }
            - { name: b, for: { groups: [group:g] }, actions: [items/*], scopes: ['one:/dbs/a'] }
            - { name: c, for: { groups: [group:h] }, actions: [readMetadata, executeQuery], scopes: ['one:/'] }
            """);

    assertThat(exported.definitions())
        .extracting(RoleDefinition::roleName)
        .containsExactlyInAnyOrder("mine", "readMetadata, executeQuery");
    assertThat(exported.assignments())
        .hasSize(3)
        .filteredOn(each -> each.by().size() == 2)
        .singleElement()
        .extracting(each -> each.assignment().scope())
        .isEqualTo(Scope.of("one", "a"));
  }

  @Test
  void givesTheSameIdsForEver() {
    Exported exported = of(READERS.replace("role: data-reader", "actions: [items/read]"));

    // As another implementation of UUIDv5 makes them. If these change, what was deployed by an
    // earlier version is left behind beside the new.
    assertThat(exported.definitions())
        .extracting(RoleDefinition::id)
        .containsExactly(UUID.fromString("309b9672-2ac6-5c94-9b16-0c7c9ba6f037"));
    assertThat(exported.assignments())
        .extracting(each -> each.assignment().id())
        .containsExactly(UUID.fromString("e4060261-38c6-5412-94ef-7a3a6d11b5b9"));
  }

  @Test
  void exportsForTheGroupsThatTheCatalogKnowsAndNamesTheOthers() {
    Exported exported =
        of(READERS.replace("group:default/g]", "group:default/g, group:default/unheard-of]"));

    assertThat(exported.assignments()).hasSize(1);
    assertThat(World.why(exported.leftOut()))
        .containsExactly(
            "group:default/unheard-of has no annotation graph.microsoft.com/group-id in the catalog"
                + " that is its own");
  }

  @Test
  void givesNothingToAnIdThatTwoClaim() {
    EntraIds twice =
        EntraIds.of(
            Map.of(
                "group:default/g", World.G_ID.toString(),
                "group:default/h", World.G_ID.toString().toUpperCase(Locale.ROOT)));
    Exported exported = Exported.of(World.rules(READERS), FACTS, ACCOUNT, twice);

    assertThat(exported.assignments()).isEmpty();
    assertThat(exported.leftOut())
        .contains(
            new LeftOut(
                "group:default/g, group:default/h",
                "they claim one id in Entra ID, " + World.G_ID));
  }

  @Test
  void takesNothingButAGuidForAnId() {
    EntraIds shortened = EntraIds.of(Map.of("group:default/g", "1-2-3-4-5"));
    Exported exported = Exported.of(World.rules(READERS), FACTS, ACCOUNT, shortened);

    assertThat(exported.assignments()).isEmpty();
    assertThat(exported.leftOut())
        .contains(new LeftOut("group:default/g", "its id in Entra ID, '1-2-3-4-5', is no GUID"));
  }

  @Test
  void exportsNothingFromAnAccountWithoutTheLane() {
    Exported exported =
        Exported.of(
            World.rules(READERS),
            new AccountFacts("one", "prod", Set.of(Lane.PROXY)),
            ACCOUNT,
            ENTRA);

    assertThat(World.why(exported.leftOut()))
        .containsExactly("the account doesn't permit the lane rbac");
  }

  @Test
  void refusesFactsOfAnotherAccount() {
    AccountFacts two = new AccountFacts("two", "prod", Set.of(Lane.RBAC));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Exported.of(World.rules(READERS), two, ACCOUNT, ENTRA));
  }

  private static Exported of(String rules) {
    return Exported.of(World.rules(rules), FACTS, ACCOUNT, ENTRA);
  }
}
