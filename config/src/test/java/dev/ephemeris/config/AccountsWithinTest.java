package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.policy.Lane;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccountsWithinTest {
  private static final String SUBSCRIPTION = "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11";
  private static final String IDENTITY = "identity: { kind: managed }";
  private static final Endpoint ENDPOINT = Endpoint.parse("https://shop-42.documents.azure.com/");

  /** Has no account of its own. */
  private static final String LEAST =
      """
      apiVersion: ephemeris.dev/v1
      hostNames: [gateway.example.com]
      tls: { certificate: c.pem, privateKey: k.pem }
      issuers:
      - name: corp
        issuer: https://login.example.com
        audiences: { api: a }
        clients: [c]
        principal: workload
        userAnnotation: u
      catalog: { files: [org.yaml] }
      policy: { files: [policy.yaml] }
      store: { file: s }
      journal: { folder: j, signingKey: { file: j.key } }
      rootKeys: [{ kid: a, file: r }]
      """;

  private final Path folder;

  AccountsWithinTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private static String within(String rest) {
    return LEAST
        + """
        azure:
          identity: { kind: managed }
          accountsWithin:
          - { scope: /subscriptions/%s/resourceGroups/Previews, environments: [preview-*, "dev"], %s }
        """
            .formatted(SUBSCRIPTION, rest);
  }

  private Configuration read(String text) throws IOException {
    return Configuration.read(
        Files.writeString(folder.resolve("ephemeris.yaml"), text, StandardCharsets.UTF_8));
  }

  private AccountsWithin one(String rest) throws IOException {
    return read(within(rest)).azure().orElseThrow().accountsWithin().getFirst();
  }

  private static ResourceId id(String group, String account) {
    return ResourceId.parse(
        "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.DocumentDB/databaseAccounts/%s"
            .formatted(SUBSCRIPTION, group, account));
  }

  @Test
  void anAccountIsAsTheRestOfTheEntrySays() throws IOException {
    AccountsWithin within =
        one(
            "tag: env, lanes: [proxy, token, rbac], identity: { kind: managed }, keys: { kind:"
                + " resource-manager, rotateEvery: 30d }, caCertificate: ca.pem");

    Account account = within.account(id("previews", "Shop-42"), "preview-42", ENDPOINT);

    assertThat(account)
        .isEqualTo(
            new Account(
                "shop-42",
                "preview-42",
                ENDPOINT,
                within.lanes(),
                within.identity(),
                Optional.empty(),
                within.keys(),
                Optional.of(new ResourceId(SUBSCRIPTION, "previews", "shop-42")),
                Optional.of(folder.resolve("ca.pem")),
                List.of(),
                Account.Mode.ENFORCE,
                new Account.Recording(Account.Identifiers.HASHED)));
    assertThat(account.lanes()).containsExactlyInAnyOrder(Lane.PROXY, Lane.TOKEN, Lane.RBAC);
    assertThat(account.identity()).isPresent();
    assertThat(account.keys().flatMap(AccountKeys::rotateEvery)).contains(Duration.ofDays(30));
  }

  @ParameterizedTest
  @CsvSource({
    "previews, preview-42, true",
    "PREVIEWS, dev, true",
    "previews, prod, false",
    "previews, devel, false",
    "previews, PREVIEW-42, false",
    "other, preview-42, false",
  })
  void noOtherAccountComesByIt(String group, String environment, boolean admitted)
      throws IOException {
    AccountsWithin within = one("tag: env, " + IDENTITY);
    ResourceId id = id(group, "shop-42");

    assertThat(within.admits(id, environment)).isEqualTo(admitted);
    if (admitted) {
      assertThat(within.account(id, environment, ENDPOINT).environment()).isEqualTo(environment);
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> within.account(id, environment, ENDPOINT))
          .withMessageContaining("Previews");
    }
  }

  /** What a tag says may be anything. */
  @Test
  void anEnvironmentThatIsNoneIsNoneInAnyEnvironmentToo() throws IOException {
    AccountsWithin within =
        read(within("tag: env, " + IDENTITY).replace("preview-*", "'*'"))
            .azure()
            .orElseThrow()
            .accountsWithin()
            .getFirst();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> within.account(id("previews", "shop-42"), "a b", ENDPOINT))
        .withMessageContaining("'a b' can't be an environment");
  }

  /** The reader and the schema; what could never work is told at the start. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          tag: env, identity: {kind: managed} | | yes
          longest: 1h, identity: {kind: managed} | | yes
          longest: 90d, keys: {kind: resource-manager} | | yes
          tag: 'a b.c:d', keys: {kind: resource-manager}, lanes: [proxy, token] | | yes
          tag: env, identity: {kind: managed}, lanes: [rbac] | | yes
          identity: {kind: managed} | :19:5: how would an account come? expected tag | no
          tag: env | :19:5: expected identity, or keys | no
          tag: "", identity: {kind: managed} | expected the name of a tag | no
          tag: 'a%b', identity: {kind: managed} | expected the name of a tag | no
          tag: 'a\\b', identity: {kind: managed} | expected the name of a tag | no
          tag: "a\\u0085b", identity: {kind: managed} | expected the name of a tag | no
          tag: env, identity: {kind: managed}, keys: {kind: resource-manager} | beside an identity keys are for the lane token alone | no
          tag: env, identity: {kind: managed}, lanes: [token] | expected keys for lane token | no
          tag: env, keys: {kind: resource-manager, rotateEvery: 1h} | expected a day at least | yes
          tag: env, identity: {kind: managed}, keyFile: k | unknown key 'keyFile' | no
          """)
  void isOfUseOrRefused(String rest, String refusal, String fits) throws IOException {
    String text = within(rest);

    if (refusal == null) {
      assertThat(read(text).accounts()).isEmpty();
    } else {
      assertThatExceptionOfType(ConfigurationException.class)
          .isThrownBy(() -> read(text))
          .withMessageContaining(refusal);
    }
    assertThat(new Schema("ephemeris.schema.json").refusals(text).isEmpty())
        .isEqualTo(fits.equals("yes"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "accounts: []\n",
        "azure: { identity: { kind: managed } }\n",
        "accounts: []\nazure: { identity: { kind: managed }, accountsWithin: [] }\n"
      })
  void noAccountsAtAllAreOfNoUse(String rest) throws IOException {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> read(LEAST + rest))
        .withMessageContaining("expected at least one");
    assertThat(new Schema("ephemeris.schema.json").refusals(LEAST + rest)).isNotEmpty();
  }

  @Test
  void otherAccountsAreCheckedAsThoseOfTheFile() throws IOException {
    Configuration configuration = read(within("longest: 1d, " + IDENTITY));
    AccountsWithin within = configuration.azure().orElseThrow().accountsWithin().getFirst();
    Account account = within.account(id("previews", "shop-42"), "dev", ENDPOINT);

    Configuration withIt = configuration.withAccounts(List.of(account));

    assertThat(withIt.accounts()).containsExactly(account);
    assertThat(withIt.withAccounts(List.of())).isEqualTo(configuration);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> configuration.withAccounts(List.of(account, account)))
        .withMessageContaining("'shop-42' stands here twice");
  }
}
