package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.identity.CatalogFiles.CatalogException;
import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.UserRef;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogFilesTest {

  private static final Map<String, UserKey> KEYS =
      Map.of(
          "corp",
          UserKey.subjectIn("corp.example/subject"),
          "partner",
          UserKey.subjectIn("partner.example/subject"));
  private static final Identity ALICE = person("corp", "sub-alice");

  private static Identity person(String issuer, String subject) {
    return new Identity(new PrincipalId(issuer, subject), PrincipalKind.PERSON, Map.of());
  }

  private static String group(String name, String spec) {
    return "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: { name: "
        + name
        + " }\nspec: { type: team, "
        + spec
        + " }\n";
  }

  private static String user(String name, String memberOf) {
    return "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata:\n  name: "
        + name
        + "\n  annotations: { corp.example/subject: sub-"
        + name
        + " }\nspec: { memberOf: ["
        + memberOf
        + "] }\n";
  }

  private static EntityDirectory read(Path folder, String... documents)
      throws CatalogException, IOException {
    Path file = Files.writeString(folder.resolve("org.yaml"), String.join("---\n", documents));
    return CatalogFiles.read(List.of(file), KEYS);
  }

  private static String refusal(Path folder, String... documents) {
    return String.valueOf(
        assertThatExceptionOfType(CatalogException.class)
            .isThrownBy(() -> read(folder, documents))
            .actual()
            .getMessage());
  }

  private static Set<String> groups(EntityDirectory catalog, Identity who) {
    return catalog.find(who).orElseThrow().groups().stream()
        .map(GroupRef::toString)
        .collect(Collectors.toSet());
  }

  @Test
  void followsMembershipUpwardsFromEitherSide(@TempDir Path folder) throws Exception {
    EntityDirectory catalog =
        read(
            folder,
            group("company", "children: [division]"),
            group("division", "children: []"),
            group("team", "parent: division, children: []"),
            group("guild", "members: [alice]"),
            group("elsewhere", "children: []"),
            user("alice", "team"));

    assertThat(groups(catalog, ALICE))
        .containsExactlyInAnyOrder(
            "group:default/team",
            "group:default/division",
            "group:default/company",
            "group:default/guild");
    assertThat(catalog.find(ALICE).orElseThrow().ref()).hasToString("user:default/alice");
  }

  @Test
  void comesToAnEndWhereGroupsGoRoundInACircle(@TempDir Path folder) throws Exception {
    EntityDirectory catalog =
        read(
            folder,
            group("a", "parent: b"),
            group("b", "parent: c"),
            group("c", "parent: a"),
            group("self", "parent: self"),
            user("alice", "a, self"));

    assertThat(groups(catalog, ALICE))
        .containsExactlyInAnyOrder(
            "group:default/a", "group:default/b", "group:default/c", "group:default/self");
  }

  @Test
  void readsReferencesAsBackstageDoes(@TempDir Path folder) throws Exception {
    EntityDirectory catalog =
        read(
            folder,
            "kind: Group\nmetadata: { name: Ops, namespace: Infra }\nspec: { parent: all }\n",
            "kind: Group\nmetadata: { name: all, namespace: infra }\nspec: {}\n",
            group("team", "children: []"),
            user("alice", "Group:INFRA/ops, 'group:team'"));

    assertThat(groups(catalog, ALICE))
        .containsExactlyInAnyOrder("group:infra/ops", "group:infra/all", "group:default/team");
  }

  @Test
  void readsSeveralFilesAsOneAndPassesOverOtherKinds(@TempDir Path folder) throws Exception {
    Path groups = Files.writeString(folder.resolve("groups.yaml"), group("team", "children: []"));
    Path users =
        Files.writeString(
            folder.resolve("users.yaml"),
            "kind: Component\nmetadata: { name: shop }\nspec: { owner: nobody }\n---\n"
                + user("alice", "team"));

    assertThat(groups(CatalogFiles.read(List.of(users, groups), KEYS), ALICE))
        .containsExactly("group:default/team");
  }

  @Test
  void knowsAUserByEachIssuersOwnAnnotationExactly(@TempDir Path folder) throws Exception {
    EntityDirectory catalog =
        read(
            folder,
            """
            kind: User
            metadata:
              name: alice
              annotations:
                corp.example/subject: Sub-1
                partner.example/subject: p-1
            spec: {}
            """);

    assertThat(catalog.find(person("corp", "Sub-1"))).isPresent();
    assertThat(catalog.find(person("partner", "p-1"))).isPresent();
    assertThat(catalog.find(person("corp", "sub-1"))).isEmpty();
    assertThat(catalog.find(person("partner", "Sub-1"))).isEmpty();
    assertThat(catalog.find(person("corp", "alice"))).isEmpty();
  }

  @Test
  void countsNeitherOfTwoUsersThatClaimOneSubject(@TempDir Path folder) throws Exception {
    EntityDirectory catalog =
        read(
            folder,
            group("team", "children: []"),
            user("alice", "team"),
            user("mallory", "").replace("sub-mallory", "sub-alice"),
            user("third", "team").replace("sub-third", "sub-alice"));

    assertThat(catalog.find(ALICE)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "kind: User\\nmetadata: { name: a }\\nspec: { memberOf: [gone] }"
            + "| user:default/a refers to group:default/gone, which isn't there",
        "kind: Group\\nmetadata: { name: g }\\nspec: { parent: gone }"
            + "| group:default/g refers to group:default/gone, which isn't there",
        "kind: Group\\nmetadata: { name: g }\\nspec: { children: [gone] }"
            + "| group:default/g refers to group:default/gone, which isn't there",
        "kind: Group\\nmetadata: { name: g }\\nspec: { members: [gone] }"
            + "| group:default/g refers to user:default/gone, which isn't there",
        "kind: User\\nmetadata: { name: a }\\nspec: { memberOf: ['user:a'] }"
            + "| user:default/a isn't a Group",
        "kind: User\\nmetadata: {}\\nspec: {}" + "| a user has no metadata.name",
        "kind: User\\nmetadata: { name: a, name: b }" + "| Duplicate",
        "kind: [User" + "| not YAML",
        "kind: Group\\nmetadata: { name: the team }" + "| org.yaml:1: 'default/the team' can't be",
        "kind: Group\\nmetadata: { name: g, namespace: 'a/b' }" + "| org.yaml:1: 'a/b/g' can't be",
      })
  void refuses(String document, String why, @TempDir Path folder) {
    assertThat(refusal(folder, document.replace("\\n", "\n")))
        .startsWith(folder.resolve("org.yaml").toString())
        .contains(why)
        .doesNotContain("\n");
  }

  @Test
  void saysAtWhichLineTheEntityIs(@TempDir Path folder) {
    String first = group("team", "children: []");

    assertThat(refusal(folder, first, "# A stranger.\n" + user("alice", "taem")))
        .startsWith(folder.resolve("org.yaml") + ":7: user:default/alice refers to");
  }

  @Test
  void passesOverDocumentsThatAreNothing(@TempDir Path folder) throws Exception {
    assertThat(read(folder, "", "", "[]\n", "text\n", user("alice", "")).find(ALICE)).isPresent();
  }

  @Test
  void refusesTheSameEntityTwice(@TempDir Path folder) {
    assertThat(refusal(folder, group("team", "children: []"), group("TEAM", "children: []")))
        .contains(":6: group:default/team is at ", "org.yaml:1 too");
  }

  @Test
  void refusesAFileThatIsNotThere(@TempDir Path folder) {
    assertThatExceptionOfType(CatalogException.class)
        .isThrownBy(() -> CatalogFiles.read(List.of(folder.resolve("no.yaml")), KEYS))
        .withMessage(folder.resolve("no.yaml") + ": there is no such file");
  }

  @Property(tries = 200)
  void readsOrRefusesAnything(@ForAll String text) throws IOException {
    Path file = Files.createTempFile("catalog", ".yaml");
    try {
      Files.writeString(file, "kind: User\nmetadata: { name: a" + text.replace("\ud800", ""));
      assertThat(CatalogFiles.read(List.of(file), KEYS)).isNotNull();
    } catch (CatalogException e) {
      assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1);
    } catch (CharacterCodingException aHalfOfASurrogatePair) {
      return;
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void readsTheExampleOfTheDocumentation() throws Exception {
    EntityDirectory catalog =
        CatalogFiles.read(
            List.of(Path.of("..", "config", "examples", "startup", "org.yaml")),
            Map.of("corp", UserKey.subjectIn("example.com/login-subject")));

    assertThat(groups(catalog, person("corp", "6f1c2e0a-1f0e-4b8e-9d53-0b6f0c8f2a11")))
        .containsAll(
            Arrays.asList(
                "group:default/on-call", "group:default/developers", "group:default/everyone"));
  }

  @Test
  void knowsAllUsersAndGroupsWithTheGroupsAboveThem(@TempDir Path folder) throws Exception {
    Catalog catalog =
        CatalogFiles.read(
                List.of(
                    Files.writeString(
                        folder.resolve("org.yaml"),
                        group("all", "children: []")
                            + "---\n"
                            + group("team", "parent: all")
                            + "---\n"
                            + user("alice", "team"))),
                Map.of())
            .catalog();
    GroupRef all = new GroupRef("default", "all");
    GroupRef team = new GroupRef("default", "team");

    assertThat(catalog)
        .isEqualTo(
            new Catalog(
                Map.of(new UserRef("default", "alice"), Set.of(team, all)),
                Map.of(team, Set.of(all), all, Set.of()),
                Map.of()));
  }
}
