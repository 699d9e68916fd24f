package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.yaml.YamlException;
import dev.ephemeris.policy.yaml.YamlFile;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What presets make of the least that stands beside them. */
class IssuerPresetTest {

  /** What each needs; there is no default, so that a new preset is thought about. */
  private static String least(IssuerPreset preset) {
    return switch (preset) {
      case ENTRA ->
          of("entra", "https://login.microsoftonline.com/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/v2.0")
              + "clients: [0d2b6f3e-8c41-4f0a-b9a7-2f6f0c9d1e22]\n";
      case ENTRA_V1 ->
          of("entra-v1", "https://sts.windows.net/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/")
              + "clients: [0d2b6f3e-8c41-4f0a-b9a7-2f6f0c9d1e22]\n";
      case OKTA ->
          of("okta", "https://acme.okta.com/oauth2/default") + "clients: [0oa1b2c3d4E5f6G7h8i9]\n";
      case GOOGLE -> of("google") + "clients: ['1234']\nrequire: { hd: [acme.example] }\n";
      case KEYCLOAK -> of("keycloak", "https://id.acme.example/realms/acme") + "clients: [cli]\n";
      case GITHUB_ACTIONS -> of("github-actions") + "require: { repository_owner_id: ['9919'] }\n";
      case GITLAB -> of("gitlab") + "require: { namespace_id: ['72'] }\n";
      case KUBERNETES -> of("kubernetes", "https://kubernetes.default.svc.cluster.local");
      case BACKSTAGE ->
          """
          name: it
          preset: backstage
          issuer: https://backstage.acme.example/api/auth
          """;
    };
  }

  private static String of(String preset, String issuer) {
    return of(preset) + "issuer: " + issuer + "\n";
  }

  private static String of(String preset) {
    return """
    name: it
    preset: %s
    audiences: { api: api://ephemeris, dataPlane: api://ephemeris-data }
    """
        .formatted(preset);
  }

  private static Issuer read(String text) {
    return YamlFile.read("issuer.yaml", text, Issuer.class);
  }

  @ParameterizedTest
  @EnumSource(IssuerPreset.class)
  void needsLittleBesides(IssuerPreset preset) throws IOException {
    Issuer issuer = read(least(preset));

    assertThat(issuer.name()).isEqualTo("it");
    assertThat(issuer.subject()).isNotEmpty();
    assertThat(new Schema("ephemeris.schema.json").refusals(inside(least(preset)))).isEmpty();
  }

  /** The preset's answers are the reader's to change, each by itself. */
  @ParameterizedTest
  @EnumSource(IssuerPreset.class)
  void givesWayToWhatStandsThere(IssuerPreset preset) {
    Issuer issuer =
        read(
            least(preset)
                + """
                algorithms: [ES384]
                tokenTypes: [at+jwt]
                subject: [x]
                principal: workload
                userAnnotation: y
                maxLifetime: 3m
                objectIdClaim: o
                claims: [z]
                """);

    assertThat(issuer.algorithms()).containsExactly(SigningAlgorithm.ES384);
    assertThat(issuer.tokenTypes()).containsExactly(TokenType.AT_JWT);
    assertThat(issuer.subject()).containsExactly(ClaimPath.parse("x"));
    assertThat(issuer.principal()).isEqualTo(PrincipalKind.WORKLOAD);
    assertThat(issuer.userAnnotation()).isEqualTo("y");
    assertThat(issuer.maxLifetime()).contains(Duration.ofMinutes(3));
    assertThat(issuer.claims())
        .containsExactlyInAnyOrder(ClaimPath.parse("z"), ClaimPath.parse("o"), Issuer.TENANT_ID);
  }

  @Test
  void knowsEntrasTokens() {
    Issuer v2 = read(least(IssuerPreset.ENTRA));
    Issuer v1 = read(least(IssuerPreset.ENTRA_V1));

    assertThat(v2.subject()).isEqualTo(v1.subject()).containsExactly(ClaimPath.parse("oid"));
    assertThat(v2.clientClaims()).containsExactly(ClaimPath.parse("azp"));
    assertThat(v1.clientClaims()).containsExactly(ClaimPath.parse("appid"));
    assertThat(v2.workloads()).isEqualTo(values("idtyp", "app"));
    assertThat(v2.persons()).isEqualTo(values("scp", "*"));
    assertThat(v2.mfa()).isEmpty();
    assertThat(v1.mfa().map(Mfa::amr)).contains(Set.of("mfa"));
    assertThat(v2.userAnnotation()).isEqualTo("graph.microsoft.com/user-id");
    assertThat(v2.objectIdClaim()).isEqualTo(v1.objectIdClaim()).contains(ClaimPath.parse("oid"));
    assertThat(v2.claims()).contains(ClaimPath.parse("oid"), ClaimPath.parse("tid"));
    assertThat(read(least(IssuerPreset.ENTRA) + "mfa: { acrs: [c1] }\n").mfa().map(Mfa::acrs))
        .contains(Set.of("c1"));
    assertThat(read(least(IssuerPreset.ENTRA) + "refuse: { acct: [] }\n").refuse()).isEmpty();
  }

  @Test
  void keepsWhatAPresetRequiresBesideWhatIsAdded() {
    assertThat(read(least(IssuerPreset.GOOGLE)).require())
        .isEqualTo(
            Map.of(
                ClaimPath.parse("hd"),
                Set.of("acme.example"),
                ClaimPath.parse("email_verified"),
                Set.of("true")));
    assertThat(read(least(IssuerPreset.GITHUB_ACTIONS)).require())
        .containsKeys(ClaimPath.parse("repository_owner_id"), ClaimPath.parse("event_name"));
  }

  @Test
  void readsWhatIsWithinAnother() {
    Issuer cluster = read(least(IssuerPreset.KUBERNETES));

    assertThat(cluster.subject().getFirst().steps())
        .isEqualTo(List.of("kubernetes.io", "serviceaccount", "uid"));
    assertThat(cluster.clients()).isEmpty();
    assertThat(cluster.maxLifetime()).contains(Duration.ofHours(1));
    assertThat(cluster.jwksFile()).isEqualTo(Optional.empty());
  }

  /** Anybody has an account there: whose tokens count is yours to say. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GOOGLE | hd",
        "GITHUB_ACTIONS | repository_owner_id",
        "GITLAB | namespace_id",
      })
  void refusesAnIssuerForEverybody(IssuerPreset preset, String claim) throws IOException {
    String open =
        least(preset)
            .lines()
            .filter(line -> !line.startsWith("require"))
            .collect(Collectors.joining("\n"));

    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read(open))
        .withMessage(
            "issuer.yaml:2:9: expected at least one value that the claim '"
                + claim
                + "' must have, or [\"*\"] for any");
    assertThat(new Schema("ephemeris.schema.json").refusals(inside(open))).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(IssuerPreset.class)
  void isInTheSchema(IssuerPreset preset) throws IOException {
    String name = preset.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');

    assertThat(new Schema("ephemeris.schema.json").root().at("/$defs/issuer/properties/preset"))
        .asString()
        .contains("\"" + name + "\"");
  }

  private static Map<ClaimPath, Set<String>> values(String claim, String... values) {
    return Map.of(ClaimPath.parse(claim), Set.copyOf(Arrays.asList(values)));
  }

  private static String inside(String issuer) {
    return """
    apiVersion: ephemeris.dev/v1
    hostNames: [gateway.example.com]
    tls: { certificate: c.pem, privateKey: k.pem }
    accounts:
    - { name: abc, environment: prod, endpoint: 'https://abc.example.com', keyFile: abc.key }
    catalog: { files: [org.yaml] }
    policy: { files: [policy.yaml] }
    store: { file: s }
    journal: { folder: j, signingKey: { file: j.key } }
    rootKeys: [{ kid: a, file: r }]
    issuers:
    -
    """
        + issuer.indent(2);
  }
}
