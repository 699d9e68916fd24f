package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;

/** What people and CI servers do with policy files, without a gateway. */
class PolicyCommandsTest {

  private static final Path EXAMPLES = Path.of("..", "config", "examples");
  private static final Path STARTUP = EXAMPLES.resolve("startup");
  private static final Path REFERENCE = Path.of("..", "config", "reference", "ephemeris.yaml");

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      rules:
        - name: the team reads
          for: { groups: [group:default/team] }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop"]
          ttl: { default: 1h, max: 2h }
        - name: agents write nothing
          effect: deny
          for: { principal: agent }
          actions: [writes]
      """;

  private static final String TESTS =
      """
      apiVersion: ephemeris.dev/v1
      accounts: [{ name: orders-prod, environment: prod }]
      tests:
        - { who: "group:team", can: [reads], scope: "orders-prod:/dbs/shop", rule: the team reads }
      """;

  private static final String FAILING_TEST =
      """
        - { name: "a <b> & \\"c\\" ]]> \\x01\\uFFFE", who: "group:team", can: [writes], scope: "orders-prod:/dbs/shop" }
      """;

  private final Terminal terminal = new Terminal(() -> Instant.EPOCH, Path.of("never-written"));
  @TempDir private Path folder = Path.of("");
  private Path policy = Path.of("");

  @BeforeEach
  void write() throws IOException {
    policy = write("policy.yaml", POLICY);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Screen run(String command, Object... arguments) {
    List<String> words = new ArrayList<>(List.of("policy", command));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return terminal.run(words.toArray(String[]::new));
  }

  /** By the folder's name; a folder that isn't here fails the next test. */
  @ParameterizedTest
  @CsvSource({"agents, 9, 16", "bank, 14, 26", "previews, 10, 16", "saas, 8, 17", "startup, 5, 10"})
  void anExampleIsAsItShouldBe(String name, int rules, int tests) {
    Path example = EXAMPLES.resolve(name).resolve("policy.yaml");

    assertThat(run("check", example, example.resolveSibling("policy.test.yaml")))
        .isEqualTo(new Screen(0, "No problems in %d rules.\n".formatted(rules), ""));
    assertThat(run("test", example))
        .isEqualTo(
            new Screen(
                0,
                "%d tests passed.\n%d of %d rules exercised (100 %%).\n"
                    .formatted(tests, rules, rules),
                ""));
    assertThat(run("lint", example, "--catalog", example.resolveSibling("org.yaml")))
        .isEqualTo(new Screen(0, "Nothing found.\n", ""));
  }

  @Test
  void theExamplesAreAllTested() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .containsExactlyInAnyOrder("agents", "bank", "previews", "saas", "startup");
    }
  }

  @Test
  void theDocumentationsTestsPassOnItsPolicy() throws Exception {
    List<String> examples =
        Pattern.compile("```yaml\n(apiVersion: ephemeris.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("..", "docs", "policy.md")))
            .results()
            .map(example -> example.group(1))
            .toList();
    Path documented = write("documented.yaml", examples.get(0));
    Path tests = write("documented.test.yaml", examples.get(1));
    write(
        "org.yaml",
        Files.readString(STARTUP.resolve("org.yaml"))
            .replace("developers", "orders-team")
            .replace("name: ada", "name: alice"));

    assertThat(run("test", documented, tests).out()).startsWith("2 tests passed.\n");
  }

  @Test
  void checkTellsWhatIsWrongInEveryFile() throws Exception {
    Path broken = write("broken.yaml", "apiVersion: ephemeris.dev/v1\nruels: []\n");
    Path tests = write("broken.test.yaml", "apiVersion: ephemeris.dev/v1\naccounts: []\n");

    Screen people = run("check", policy, broken, tests);
    JsonNode programs = run("check", policy, broken, tests, "-o", "json").json();

    assertThat(people)
        .isEqualTo(
            new Screen(
                1,
                broken
                    + ":2:1: unknown key 'ruels'; expected one of apiVersion, roles, rules;"
                    + " did you mean 'rules'?\n"
                    + tests
                    + ":1:1: missing key 'tests'\n",
                ""));
    assertThat(programs.path("problems")).hasSize(2);
    assertThat(programs.path("problems").path(0).path("file").asText())
        .isEqualTo(broken.toString());
    assertThat(programs.path("problems").path(0).path("line").asInt()).isEqualTo(2);
    assertThat(run("check", policy, "-o", "json").json().path("problems")).isEmpty();
  }

  @Test
  void checkReadsSeveralFilesAsOne() throws Exception {
    Path again = write("again.yaml", POLICY);

    assertThat(run("check", policy, again).out())
        .contains(again + ":3:11: another rule is called 'the team reads' already");
  }

  @Test
  void everyCommandTellsWhatIsWrongWithThePolicyOrItsTests() throws Exception {
    Path broken = write("broken.yaml", "rules: []\n");
    Path tests = write("a.test.yaml", TESTS.replace("the team reads", "the team writes"));

    for (String command : List.of("check", "test", "coverage", "lint")) {
      assertThat(run(command, broken, tests))
          .as(command)
          .isEqualTo(new Screen(1, broken + ":1:1: missing key 'apiVersion'\n", ""));
    }
    for (String command : List.of("test", "coverage")) {
      assertThat(run(command, policy))
          .as(command)
          .isEqualTo(
              new Screen(
                  1,
                  tests
                      + ":4:78: the policy has no rule 'the team writes';"
                      + " did you mean 'the team reads'?\n",
                  ""));
    }
  }

  @Test
  void filesThatThereAreNotAreAFaultOfThisMachine() throws Exception {
    Path missing = folder.resolve("missing.yaml");

    assertThat(run("check", missing))
        .isEqualTo(new Screen(5, "", "ephemeris: " + missing + ": there is no such file.\n"));
    assertThat(run("test", policy))
        .isEqualTo(
            new Screen(
                5,
                "",
                "ephemeris: There are no tests beside "
                    + policy
                    + ": write them into a file that ends in .test.yaml.\n"));
    assertThat(run("check", write("only.test.yaml", TESTS)).exitCode()).isEqualTo(2);
    assertThat(run("lint", policy, "--catalog", missing).err()).contains("there is no such file");
    assertThat(run("lint", policy, "--config", missing).err()).contains("there is no such file");
    assertThat(run("test", policy, "--junit", folder).err()).contains("can't be written");
  }

  @Test
  void testTellsWhatFailedAndWhatCameNear() throws Exception {
    Path tests = write("policy.test.yaml", TESTS + FAILING_TEST);

    Screen people = run("test", policy);
    Screen programs = run("test", policy, "-o", "json");

    assertThat(people.exitCode()).isEqualTo(1);
    assertThat(people.out())
        .contains(tests + ":5:5: a <b> & \"c\" ]]> \uFFFD")
        .contains("  items/create: expected allowed; got denied, no-rule\n")
        .contains("    near miss  the team reads (allow)\n")
        .endsWith(
            """
            1 of 2 tests failed.
            1 of 2 rules exercised (50 %%).
              %s:8:11: no test exercises 'agents write nothing'
            """
                .formatted(policy));
    assertThat(programs.exitCode()).isEqualTo(1);
    JsonNode document = programs.json();
    assertThat(document.path("failed").asInt()).isEqualTo(1);
    assertThat(document.at("/coverage/percent").asInt()).isEqualTo(50);
    assertThat(document.at("/coverage/unexercised/0/line").asInt()).isEqualTo(8);
    assertThat(document.at("/tests/0/passed").asBoolean()).isTrue();
    assertThat(document.at("/tests/0/decidedBy/0").asText()).isEqualTo("the team reads");
    assertThat(document.at("/tests/1/passed").asBoolean()).isFalse();
    assertThat(document.at("/tests/1/mismatches/0/asked").asText()).isEqualTo("items/create");
    assertThat(document.at("/tests/1/mismatches/0/near/0/butFor/0").asText())
        .isEqualTo("action executeQuery, items/read, readChangeFeed, readMetadata");
  }

  @Test
  void testRunsTheTestsThatAreNamedOrAllBeside() throws Exception {
    Path one = write("one.test.yaml", TESTS);
    write("other.test.yaml", TESTS + FAILING_TEST);

    assertThat(run("test", policy, one).out()).startsWith("1 test passed.\n");
    assertThat(run("test", policy).out()).contains("1 of 3 tests failed.\n");
  }

  @Test
  void testWritesJUnitXmlForCiServers() throws Exception {
    write("a.test.yaml", TESTS);
    Path tests = write("b.test.yaml", TESTS + FAILING_TEST);
    Path junit = folder.resolve("results.xml");

    Screen screen = run("test", policy, "--junit", junit);

    assertThat(screen.exitCode()).isEqualTo(1);
    Element root =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(junit.toFile())
            .getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("testsuites");
    assertThat(root.getElementsByTagName("testsuite").getLength()).isEqualTo(2);
    Element suite = (Element) root.getElementsByTagName("testsuite").item(1);
    assertThat(suite.getAttribute("name")).isEqualTo(tests.toString());
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(suite.getAttribute("errors")).isEqualTo("0");
    assertThat(suite.getAttribute("skipped")).isEqualTo("0");
    Element passed = (Element) suite.getElementsByTagName("testcase").item(0);
    assertThat(passed.getAttribute("name"))
        .isEqualTo("group:team can reads on orders-prod:/dbs/shop");
    assertThat(passed.getAttribute("classname")).isEqualTo(tests.toString());
    assertThat(passed.getAttribute("time")).isEqualTo("0");
    assertThat(passed.getElementsByTagName("failure").getLength()).isZero();
    Element failed = (Element) suite.getElementsByTagName("testcase").item(1);
    assertThat(failed.getAttribute("name")).isEqualTo("a <b> & \"c\" ]]> \uFFFD\uFFFD");
    Element failure = (Element) failed.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("type")).isEqualTo("mismatch");
    assertThat(failure.getAttribute("message"))
        .isEqualTo("items/create: expected allowed; got denied, no-rule");
    assertThat(failure.getTextContent()).contains("]]>").contains("near miss  the team reads");
  }

  @Test
  void coverageTellsWhichRulesNoTestExercisesAndFailsIfAskedTo() throws Exception {
    write("policy.test.yaml", TESTS);

    Screen people = run("coverage", policy);

    assertThat(people)
        .isEqualTo(
            new Screen(
                0,
                """
                1 of 2 rules exercised (50 %%).
                  %s:8:11: no test exercises 'agents write nothing'
                """
                    .formatted(policy),
                ""));
    assertThat(run("coverage", policy, "-o", "json").json().path("exercised").asInt()).isEqualTo(1);
    assertThat(run("coverage", policy, "--fail-under", "50").exitCode()).isZero();
    assertThat(run("coverage", policy, "--fail-under", "51").exitCode()).isEqualTo(1);
    assertThat(run("coverage", policy, "--fail-under", "101").exitCode()).isEqualTo(2);
    assertThat(run("coverage", policy, "--fail-under", "-1").exitCode()).isEqualTo(2);
  }

  @Test
  void lintFindsWhatMayNotBeMeant() throws Exception {
    Path hasty =
        write(
            "hasty.yaml",
            POLICY
                .replace("    ttl: { default: 1h, max: 2h }\n", "")
                .replace("orders-prod:", "orders-test:"));

    Screen people = run("lint", hasty);
    JsonNode programs =
        run(
                "lint",
                hasty,
                "--config",
                REFERENCE,
                "--catalog",
                STARTUP.resolve("org.yaml"),
                "-o",
                "json")
            .json();

    assertThat(people)
        .isEqualTo(
            new Screen(
                1,
                """
                %s:3:11: 'the team reads' doesn't say how long leases last [missing-ttl]
                    add ttl: { default: 1h, max: 8h }, which holds now, or less
                1 finding.
                """
                    .formatted(hasty),
                ""));
    assertThat(programs.path("findings"))
        .extracting(finding -> finding.path("code").asText())
        .containsExactly("unreachable", "missing-ttl", "unknown-group");
    assertThat(programs.at("/findings/0/rule").asText()).isEqualTo("the team reads");
    assertThat(programs.at("/findings/0/line").asInt()).isEqualTo(3);
    assertThat(programs.at("/findings/0/message").asText()).contains("for no account");
    assertThat(programs.at("/findings/0/advice").asText()).contains("orders-prod (prod)");
    assertThat(run("lint", hasty, "--ignore", "missing-ttl").out()).isEqualTo("Nothing found.\n");
    assertThat(run("lint", hasty, "--ignore", "shadowed,missing-ttl").exitCode()).isZero();
    assertThat(run("lint", policy).exitCode()).isZero();
  }

  @Test
  void lintTakesTheCatalogFromTheConfigurationIfNoneIsGiven() throws Exception {
    Path config = write("ephemeris.yaml", Files.readString(REFERENCE));
    Files.createDirectory(folder.resolve("catalog"));
    write("catalog/org.yaml", Files.readString(STARTUP.resolve("org.yaml")));

    assertThat(run("lint", policy, "--config", config).out()).contains("[unknown-group]");
  }
}
