package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.Coverage;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.OwnedScope;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PolicyTests;
import dev.ephemeris.policy.PolicyText;
import dev.ephemeris.policy.TestResult;
import dev.ephemeris.policy.UserRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code docs/policy.md} and its cookbook show is policy, and does what they say. */
class PolicyDocsTest {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");
  private static final String VERSION = "apiVersion: ephemeris.dev/v1\n";

  /** What {@code org.yaml} of the cookbook's tests holds, with what its fifth question shows. */
  private static final Catalog ORG =
      new Catalog(
          Map.of(
              UserRef.parse("user:default/ada"),
              Set.of(GroupRef.parse("group:default/orders-team")),
              UserRef.parse("user:default/mia"),
              Set.of(GroupRef.parse("group:default/marketing"))),
          Map.of(
              GroupRef.parse("group:default/orders-team"),
              Set.of(),
              GroupRef.parse("group:default/marketing"),
              Set.of()),
          Map.of("group:default/orders-team", Set.of(new OwnedScope("*:/dbs/shop/colls/orders"))));

  @Test
  void showsRulesThatAreRead() throws IOException {
    List<String> policies =
        blocks(text("policy.md")).stream().filter(block -> has(block, "rules")).toList();

    assertThat(policies).hasSizeGreaterThan(1);
    for (String policy : policies) {
      assertThat(new Schema("policy.schema.json").refusals(policy)).as(policy).isEmpty();
      assertThat(Policy.parse(List.of(new PolicySource("policy.md", policy)))).isNotNull();
    }
  }

  /** A question of the cookbook, with all YAML that answers it. */
  record Question(String title, List<String> blocks) {
    @Override
    public String toString() {
      return title;
    }
  }

  static Stream<Question> questions() throws IOException {
    return Arrays.stream(text("policy-cookbook.md").split("(?m)^## "))
        .skip(1)
        .map(section -> new Question(section.lines().findFirst().orElseThrow(), blocks(section)));
  }

  @Test
  void asksTwentyQuestions() throws IOException {
    assertThat(questions().map(Question::title))
        .hasSize(20)
        .allMatch(title -> title.matches("[0-9]+\\. How do I .*\\?"));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void answersAQuestionAsItsTestsSay(Question question) throws IOException {
    List<String> policies = only(question, "rules");
    List<String> tests = only(question, "tests");
    assertThat(policies).hasSize(1);
    assertThat(tests).hasSize(1);
    assertThat(new Schema("policy.schema.json").refusals(policies.getFirst())).isEmpty();
    assertThat(new Schema("policy-test.schema.json").refusals(tests.getFirst())).isEmpty();

    PolicyText policy =
        PolicyText.parse(List.of(new PolicySource("policy.yaml", policies.getFirst())));
    List<TestResult> results =
        PolicyTests.parse(new PolicySource("policy.test.yaml", tests.getFirst())).run(policy, ORG);

    assertThat(results).filteredOn(result -> !result.passed()).map(TestResult::toText).isEmpty();
    assertThat(Coverage.of(policy, results).unexercised()).isEmpty();
  }

  @Test
  void linksToEveryQuestion() throws IOException {
    List<String> anchors = new ArrayList<>();
    Pattern.compile("\\]\\(#([^)]*)\\)")
        .matcher(text("policy-cookbook.md"))
        .results()
        .forEach(link -> anchors.add(link.group(1)));

    assertThat(anchors).containsExactlyElementsOf(questions().map(PolicyDocsTest::anchor).toList());
  }

  /** As GitHub makes it of a heading. */
  private static String anchor(Question question) {
    return question
        .title()
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9 -]", "")
        .replace(' ', '-');
  }

  private static List<String> only(Question question, String key) {
    return question.blocks().stream().filter(block -> has(block, key)).toList();
  }

  private static boolean has(String block, String key) {
    return Pattern.compile("(?m)^" + key + ":").matcher(block).find();
  }

  private static String text(String document) throws IOException {
    return Files.readString(Path.of("..", "docs", document));
  }

  /** The blocks of YAML, with the first line that they may leave out. */
  private static List<String> blocks(String text) {
    return BLOCK
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .map(block -> block.substring("```yaml\n".length(), block.length() - "```".length()))
        .map(block -> block.startsWith("apiVersion:") ? block : VERSION + block)
        .toList();
  }
}
