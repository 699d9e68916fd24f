package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code docs/accounts.md} shows is configuration and policy. */
class AccountsDocsTest {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");

  private static final String ISSUERS =
      """
      issuers:
      - name: corp
        issuer: https://login.example.com
        audiences: { api: a }
        clients: [c]
        principal: workload
        userAnnotation: u
      """;

  private static final String ACCOUNTS =
      """
      accounts:
      - { name: abc, environment: prod, endpoint: 'https://abc.example.com', keyFile: abc.key }
      """;

  private static final String REST =
      """
      apiVersion: ephemeris.dev/v1
      hostNames: [gateway.example.com]
      tls: { certificate: c.pem, privateKey: k.pem }
      catalog: { files: [org.yaml] }
      policy: { files: [policy.yaml] }
      store: { file: s }
      journal: { folder: j, signingKey: { file: j.key } }
      rootKeys: [{ kid: a, file: r }]
      """;

  @Test
  void showsAnAccountThatComesByTheFile() throws IOException {
    assertThat(read(REST + ISSUERS + only("accounts")).accounts())
        .extracting(Account::name)
        .containsExactly("orders-prod", "billing-prod");
  }

  @Test
  void showsPlacesOfPreviewsByTagAndForATime() throws IOException {
    List<AccountsWithin> places =
        blocks("azure").stream()
            .map(azure -> read(REST + ISSUERS + azure))
            .map(configuration -> configuration.azure().orElseThrow().accountsWithin().getFirst())
            .toList();

    assertThat(places)
        .extracting(AccountsWithin::tag)
        .containsExactly(Optional.of("ephemeris-environment"), Optional.empty());
    assertThat(places)
        .extracting(AccountsWithin::longest)
        .containsExactly(Optional.empty(), Optional.of(Duration.ofDays(14)));
    assertThat(places)
        .allSatisfy(
            within -> {
              assertThat(within.scope().resourceGroup()).contains("previews");
              assertThat(within.environments()).hasToString("[preview-*]");
            });
  }

  /** Deletions of branches are among what their tokens may be for, and pull requests aren't. */
  @Test
  void showsWorkflowsThatMayAddAccounts() throws IOException {
    Issuer github = read(REST + ACCOUNTS + only("issuers")).issuers().getFirst();
    String policy = only("rules");

    assertThat(github.require())
        .containsEntry(ClaimPath.parse("event_name"), Set.of("push", "delete"));
    assertThat(new Schema("policy.schema.json").refusals(policy)).isEmpty();
    assertThat(Policy.parse(List.of(new PolicySource("policy.yaml", policy)))).isNotNull();
  }

  private static Configuration read(String text) {
    return Configuration.parse(Path.of("ephemeris.yaml"), text);
  }

  private static String only(String key) throws IOException {
    assertThat(blocks(key)).as(key).hasSize(1);
    return blocks(key).getFirst();
  }

  /** Those that have this key at the top. */
  private static List<String> blocks(String key) throws IOException {
    return BLOCK
        .matcher(Files.readString(Path.of("..", "docs", "accounts.md")))
        .results()
        .map((MatchResult block) -> block.group(1))
        .filter(block -> Pattern.compile("(?m)^" + key + ":").matcher(block).find())
        .toList();
  }
}
