package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/policy.md} shows is policy. */
class PolicyDocsTest {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");
  private static final String VERSION = "apiVersion: ephemeris.dev/v1\n";

  @Test
  void showsRulesThatAreRead() throws IOException {
    List<String> policies =
        BLOCK
            .matcher(Files.readString(Path.of("..", "docs", "policy.md")))
            .results()
            .map(MatchResult::group)
            .map(block -> block.substring("```yaml\n".length(), block.length() - "```".length()))
            .filter(block -> Pattern.compile("(?m)^rules:").matcher(block).find())
            .map(block -> block.startsWith("apiVersion:") ? block : VERSION + block)
            .toList();

    assertThat(policies).hasSizeGreaterThan(1);
    for (String policy : policies) {
      assertThat(new Schema("policy.schema.json").refusals(policy)).as(policy).isEmpty();
      assertThat(Policy.parse(List.of(new PolicySource("policy.md", policy)))).isNotNull();
    }
  }
}
