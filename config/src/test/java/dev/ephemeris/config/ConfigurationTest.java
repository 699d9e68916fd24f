package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.policy.EnvironmentPattern;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Network;
import dev.ephemeris.policy.PrincipalKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  private static final Path REFERENCE = Path.of("reference", "ephemeris.yaml");
  private static final String LEAST =
      """
      apiVersion: ephemeris.dev/v1
      hostNames: [gateway.example.com]
      tls: { certificate: c.pem, privateKey: k.pem }
      accounts:
      - { name: abc, environment: prod, endpoint: 'https://abc.example.com', keyFile: abc.key }
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

  ConfigurationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsTheReference() {
    Configuration configuration = Configuration.read(REFERENCE);

    assertThat(configuration.hostNames()).containsExactly(new HostName("gateway.example.com"));
    assertThat(configuration.dataPlane())
        .isEqualTo(new Configuration.Listener("0.0.0.0", 443, false));
    assertThat(configuration.accounts())
        .containsExactly(
            new Account(
                "orders-prod",
                "prod",
                Endpoint.parse("https://orders-prod.documents.azure.com/"),
                Set.of(Lane.PROXY),
                Optional.of(
                    new EntraIdentity(
                        EntraIdentity.Kind.WORKLOAD,
                        Optional.of("7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11"),
                        Optional.of("0d2b6f3e-8c41-4f0a-b9a7-2f6f0c9d1e22"),
                        Optional.of(Path.of("/var/run/secrets/azure/tokens/azure-identity-token")),
                        Optional.empty(),
                        EntraIdentity.Authority.parse("https://login.microsoftonline.com/"))),
                Optional.empty(),
                Optional.empty(),
                Optional.of(
                    new ResourceId(
                        "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11", "orders", "orders-prod")),
                Optional.empty(),
                List.of(
                    new Region(
                        "West Europe",
                        Endpoint.parse("https://orders-prod-westeurope.documents.azure.com/")),
                    new Region(
                        "North Europe",
                        Endpoint.parse("https://orders-prod-northeurope.documents.azure.com/"))),
                Account.Mode.ENFORCE,
                new Account.Recording(Account.Identifiers.HASHED)));
    assertThat(configuration.azure().orElseThrow().accountsWithin())
        .containsExactly(
            new AccountsWithin(
                new AzureScope("7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11", Optional.of("previews")),
                List.of(EnvironmentPattern.parse("preview-*")),
                Optional.of("ephemeris-environment"),
                Optional.of(Duration.ofDays(14)),
                Set.of(Lane.PROXY),
                Optional.of(
                    new EntraIdentity(
                        EntraIdentity.Kind.WORKLOAD,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        EntraIdentity.Authority.parse("https://login.microsoftonline.com/"))),
                Optional.empty(),
                Optional.empty()));
    assertThat(configuration.issuers())
        .containsExactly(
            new Issuer(
                "corp",
                "https://login.example.com/realms/corp",
                Optional.empty(),
                new Audiences(
                    Optional.of("api://ephemeris"),
                    Optional.of("api://ephemeris-data"),
                    Optional.of("api://ephemeris-agents")),
                Set.of(SigningAlgorithm.RS256),
                Set.of(TokenType.AT_JWT),
                List.of(ClaimPath.parse("client_id"), ClaimPath.parse("azp")),
                List.of("ephemeris-cli"),
                List.of(ClaimPath.parse("sub")),
                PrincipalKind.PERSON,
                Map.of(ClaimPath.parse("sid"), Set.of("*")),
                Map.of(ClaimPath.parse("grant"), Set.of("client_credentials")),
                Map.of(ClaimPath.parse("tenant"), Set.of("acme")),
                Map.of(ClaimPath.parse("account_status"), Set.of("suspended", "guest")),
                Optional.of(Duration.ofHours(8)),
                "example.com/login-subject",
                Optional.empty(),
                Optional.empty(),
                Set.of(ClaimPath.parse("department")),
                Optional.of(
                    new Mfa(
                        Set.of("mfa", "otp", "hwk"),
                        Set.of(),
                        Set.of(),
                        Optional.of(Duration.ofHours(8)))),
                new IdTokens(
                    List.of(ClaimPath.parse("sub")),
                    Map.of(ClaimPath.parse("tenant"), Set.of("acme"))),
                Optional.of(
                    new SignIn(
                        "ephemeris-gateway",
                        Optional.of(Path.of("reference", "keys", "corp-client.secret")),
                        List.of("openid", "profile", "email")))));
    assertThat(configuration.apiUrl()).contains(ApiUrl.parse("https://gateway.example.com"));
    assertThat(configuration.sessions())
        .isEqualTo(new Configuration.SessionLimits(Duration.ofHours(12), Duration.ofHours(1)));
    assertThat(configuration.limits()).isEqualTo(new Configuration.Limits(2_200_000, 3_000));
    assertThat(configuration.trustedProxies())
        .contains(
            new TrustedProxies(
                List.of(Network.parse("10.1.0.0/16")), TrustedProxies.ForwardedBy.X_FORWARDED_FOR));
    assertThat(configuration.administrators())
        .contains(
            new Configuration.Administrators(Set.of(GroupRef.parse("group:default/platform"))));
  }

  @Test
  void fillsInWhatIsLeftOut() throws IOException {
    Configuration configuration = Configuration.read(file(LEAST));

    assertThat(configuration.dataPlane())
        .isEqualTo(new Configuration.Listener("127.0.0.1", 8081, false));
    assertThat(configuration.api()).isEqualTo(new Configuration.Listener("127.0.0.1", 8080, false));
    assertThat(configuration.management())
        .isEqualTo(new Configuration.Listener("127.0.0.1", 9090, false));
    assertThat(configuration.limits()).isEqualTo(new Configuration.Limits(2_200_000, 3_000));
    assertThat(configuration.sessions())
        .isEqualTo(new Configuration.SessionLimits(Duration.ofHours(12), Duration.ofHours(1)));
    assertThat(configuration.apiUrl()).isEmpty();
    assertThat(configuration.administrators()).isEmpty();
    assertThat(configuration.accounts().getFirst().lanes()).containsExactly(Lane.PROXY);
    assertThat(configuration.issuers().getFirst().algorithms())
        .containsExactly(SigningAlgorithm.RS256);
  }

  /** Keys, where they come from, what they are for, and what the lanes need. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          keyFile: k | yes | yes
          keyFile: k, lanes: [proxy, token] | yes | yes
          keyFile: k, identity: {kind: managed}, lanes: [token] | yes | yes
          keyFile: k, identity: {kind: managed} | no | no
          identity: {kind: managed}, lanes: [token] | no | no
          identity: {kind: managed}, lanes: [rbac] | no | no
          identity: {kind: managed}, lanes: [rbac], resourceId: R | yes | yes
          keys: {kind: resource-manager} | no | no
          keys: {kind: resource-manager}, resourceId: R | yes | yes
          keys: {kind: resource-manager}, keyFile: k, resourceId: R | no | no
          keys: {kind: resource-manager, primary: a}, resourceId: R | no | no
          keys: {kind: key-vault, vault: V, primary: a, secondary: b} | yes | yes
          keys: {kind: key-vault, vault: V, primary: a, secondary: b, rotateEvery: 30d} | no | no
          keys: {kind: resource-manager, rotateEvery: 30d}, resourceId: R | yes | yes
          keys: {kind: resource-manager, rotateEvery: 23h}, resourceId: R | no | yes
          keys: {kind: key-vault, vault: V, primary: a, secondary: a} | no | yes
          keys: {kind: key-vault, vault: V, primary: a} | no | no
          keys: {kind: key-vault, vault: V, primary: a/b, secondary: b} | no | no
          keys: {kind: vault} | no | no
          """)
  void keysComeFromOnePlaceAndAreForSomething(String account, String reads, String fits)
      throws IOException {
    String text =
        LEAST.replace(
                "keyFile: abc.key",
                account
                    .replace(
                        "resourceId: R",
                        "resourceId: /subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11"
                            + "/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/abc")
                    .replace("vault: V", "vault: 'https://v.vault.azure.net/'"))
            + "azure: { identity: { kind: managed } }\n";
    Path file = file(text);

    assertThat(accepts(file)).as("reader").isEqualTo(reads.equals("yes"));
    assertThat(new Schema("ephemeris.schema.json").refusals(text).isEmpty())
        .as("schema")
        .isEqualTo(fits.equals("yes"));
  }

  private static boolean accepts(Path file) {
    try {
      Configuration unused = Configuration.read(file);
      return true;
    } catch (ConfigurationException e) {
      return false;
    }
  }

  @Test
  void nobodyAsksAzureAsNobody() throws IOException {
    Path file =
        file(
            LEAST.replace(
                "keyFile: abc.key",
                "keyFile: abc.key, resourceId: /subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11"
                    + "/resourceGroups/g/providers/microsoft.documentdb/databaseaccounts/abc"));

    assertThat(refusal(file)).contains("as whom would the gateway ask? expected azure too");
  }

  /** An object id is one of a tenant's, and in another it is somebody else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "rbac | objectIdClaim: oid | identity: { kind: managed } | no",
        "rbac | objectIdClaim: oid | identity: { kind: managed }, tenantId: T | yes",
        "rbac | objectIdClaim: oid | identity: { kind: workload, tenantId: T } | yes",
        "rbac | algorithms: [RS256] | identity: { kind: managed } | yes",
        "proxy | objectIdClaim: oid | identity: { kind: managed } | yes",
        "proxy | objectIdClaim: oid | identity: { kind: managed }, accountsWithin: [{ scope:"
            + " /subscriptions/T, environments: [p], longest: 1d, lanes: [rbac], identity: { kind:"
            + " managed } }] | no",
        "proxy | objectIdClaim: oid | identity: { kind: managed }, tenantId: T, accountsWithin: [{"
            + " scope: /subscriptions/T, environments: [p], longest: 1d, lanes: [rbac], identity: {"
            + " kind: managed } }] | yes",
        "proxy | algorithms: [RS256] | identity: { kind: managed }, tenantId: acme.example | no",
      })
  void objectsOfEntraAreOfTheAccountsTenant(
      String lane, String issuer, String azure, String accepted) throws IOException {
    String tenant = "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11";
    Path file =
        file(
            LEAST
                    .replace(
                        "keyFile: abc.key",
                        "keyFile: abc.key, lanes: ["
                            + lane
                            + "], resourceId: /subscriptions/"
                            + tenant
                            + "/resourceGroups/g/providers/Microsoft.DocumentDB/databaseAccounts/abc")
                    .replace("  clients: [c]", "  clients: [c]\n  " + issuer)
                + ("azure: { " + azure + " }\n")
                    .replace("tenantId: T", "tenantId: " + tenant)
                    .replace("/subscriptions/T", "/subscriptions/" + tenant));

    assertThat(accepts(file)).isEqualTo(accepted.equals("yes"));
  }

  @Test
  void signsInByKeyOrByIdentity() throws IOException {
    String identity = LEAST.replace("keyFile: abc.key", "identity: { kind: managed }");
    Path neither = file(LEAST.replace(", keyFile: abc.key", ""));

    assertThat(refusal(neither))
        .isEqualTo(
            neither + ":5:3: expected identity, keyFile, or keys, to sign in to the account with");
    assertThat(new Schema("ephemeris.schema.json").refusals(Files.readString(neither)))
        .isNotEmpty();
    assertThat(Configuration.read(file(LEAST)).accounts().getFirst().keyFile())
        .contains(folder.resolve("abc.key"));
    assertThat(Configuration.read(file(identity)).accounts().getFirst())
        .matches(account -> account.keyFile().isEmpty() && account.regions().isEmpty())
        .extracting(account -> account.identity().orElseThrow().authority().toString())
        .isEqualTo("https://login.microsoftonline.com/");
    assertThat(new Schema("ephemeris.schema.json").refusals(identity)).isEmpty();
  }

  @Test
  void refusesARegionUnderTheNameOfAnotherAccount() throws IOException {
    String regions = ", regions: [{ name: West Europe, endpoint: 'https://w.example.com' }] }";
    String account = "- { name: abc-westeurope, environment: e, endpoint: 'https://x.example.com'";
    Path path =
        file(
            LEAST.replace(
                "keyFile: abc.key }",
                "keyFile: abc.key" + regions + "\n" + account + ", keyFile: k }"));

    assertThat(refusal(path))
        .contains("the host name of this region, 'abc-westeurope', is another account's too");
  }

  @Test
  void fillsInWhatASectionLeavesOut() throws IOException {
    Configuration configuration =
        Configuration.read(file(LEAST + "api: { port: 0 }\nmanagement: { host: '::1' }\n"));

    assertThat(configuration.api()).isEqualTo(new Configuration.Listener("127.0.0.1", 0, false));
    assertThat(configuration.management())
        .isEqualTo(new Configuration.Listener("::1", 9090, false));
  }

  @Test
  void resolvesPathsAgainstTheFolderOfTheFile() throws IOException {
    Configuration configuration =
        Configuration.read(file(LEAST.replace("store: { file: s }", "store: { file: /var/s }")));

    assertThat(configuration.journal().folder()).isEqualTo(folder.resolve("j"));
    assertThat(configuration.store().file()).isEqualTo(Path.of("/var/s"));
    assertThat(configuration.policy().files()).containsExactly(folder.resolve("policy.yaml"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "refusals.csv", delimiter = '|', numLinesToSkip = 1)
  void refuses(String what, String find, String replacement, String problem, String bySchema)
      throws IOException {
    String reference = Files.readString(REFERENCE);
    String text =
        reference.replaceFirst(Pattern.quote(find), Matcher.quoteReplacement(replacement));
    assertThat(text).isNotEqualTo(reference);
    Path path = file(text);

    String message = refusal(path);

    assertThat(message.lines()).contains(path + ":" + problem.formatted(folder));
    assertThat(new Schema("ephemeris.schema.json").refusals(text).isEmpty())
        .isEqualTo(bySchema.equals("accepts"));
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() throws IOException {
    Path path =
        file(
            Files.readString(REFERENCE)
                .replace("port: 443", "port: 4430000000")
                .replace("principal: person", "principal: human")
                .replace("kid: a", "id: a"));

    assertThat(refusal(path).lines()).hasSize(4).allMatch(line -> line.startsWith(path + ":"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2: [", "accounts: hunter2", "tls: !!hunter2 x"})
  void keepsWhatItCantReadToItself(String text) throws IOException {
    assertThat(refusal(file(text + "\n")).lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith(folder.toString()));
  }

  /** In other lanes nobody sees the requests that there would be something to report of. */
  @Test
  void refusesReportModeWithoutTheLaneProxy() throws IOException {
    String text =
        Files.readString(REFERENCE)
            .replace("lanes: [proxy]", "lanes: [rbac]")
            .replace("mode: enforce", "mode: report");

    assertThat(refusal(file(text)))
        .contains(":68:11: only in the lane proxy is there anything to report");
    assertThat(new Schema("ephemeris.schema.json").refusals(text)).isNotEmpty();
    assertThat(
            new Schema("ephemeris.schema.json")
                .refusals(text.replace("lanes: [rbac]", "lanes: [rbac, proxy]")))
        .isEmpty();
  }

  /** Anybody could say then where they come from. */
  @ParameterizedTest
  @ValueSource(strings = {"dataPlane", "api"})
  void refusesTheProxyProtocolOfProxiesThatAreNotNamed(String listener) throws IOException {
    String text = LEAST + listener + ": { proxyProtocol: true }\n";

    assertThat(refusal(file(text))).contains("whose word would that be? expected trustedProxies");
    assertThat(
            Configuration.read(file(text + "trustedProxies: { networks: ['10.0.0.0/8'] }\n"))
                .trustedProxies())
        .isPresent();
  }

  @Test
  void saysWhichFileThereIsNot() {
    Path path = folder.resolve("absent.yaml");

    assertThat(refusal(path)).isEqualTo(path + ": there is no such file");
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    Path path = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xC3, (byte) 0x28});

    assertThat(refusal(path)).isEqualTo(path + ": not UTF-8");
  }

  @Test
  void refusesAFolder() {
    assertThat(refusal(folder)).startsWith(folder + ": can't be read: ").doesNotContain("\n");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("ephemeris.yaml"), text, StandardCharsets.UTF_8);
  }

  private static String refusal(Path path) {
    return String.valueOf(
        assertThatExceptionOfType(ConfigurationException.class)
            .isThrownBy(() -> Configuration.read(path))
            .actual()
            .getMessage());
  }
}
