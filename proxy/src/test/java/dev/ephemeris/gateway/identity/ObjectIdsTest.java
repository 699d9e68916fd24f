package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.yaml.YamlFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who says which object in Entra ID somebody is, and who doesn't count. */
class ObjectIdsTest {

  private static final String TENANT = "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11";
  private static final String OF_TOKEN = "0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60";
  private static final String OF_CATALOG = "1f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f61";

  private static final Issuer CORP =
      YamlFile.read(
          "issuer.yaml",
          """
          name: corp
          issuer: https://login.example.com
          audiences: { api: a }
          clients: [c]
          principal: person
          userAnnotation: example.com/subject
          objectIdClaim: oid
          """,
          Issuer.class);

  private static ObjectIds ids(Optional<String> tenant, String... entities) throws Exception {
    String catalog = String.join("\n---\n", entities);
    EntityDirectory directory =
        CatalogFiles.parse(
            List.of(new CatalogSource("org.yaml", catalog)),
            Map.of("corp", UserKey.subjectIn("example.com/subject")));
    Grants grants =
        new Grants(
            Policy.parse(
                List.of(new PolicySource("p.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
            directory,
            List.of());
    return new ObjectIds(List.of(CORP), tenant, grants);
  }

  private static String user(String name, String objectId) {
    return """
    kind: User
    metadata:
      name: %s
      annotations: { example.com/subject: sub-%s, graph.microsoft.com/user-id: '%s' }
    """
        .formatted(name, name, objectId);
  }

  private static Identity alice(Map<String, String> claims) {
    return new Identity(new PrincipalId("corp", "sub-alice"), PrincipalKind.PERSON, claims);
  }

  /** A claim of another tenant is anybody's there. */
  @ParameterizedTest
  @CsvSource({
    "oid, " + OF_TOKEN + ", " + TENANT + ", true",
    "oid, " + OF_TOKEN + ", 8f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a12, false",
    "oid, " + OF_TOKEN + ", '', false",
    "oid, alice, " + TENANT + ", false",
    "sub, " + OF_TOKEN + ", " + TENANT + ", false",
  })
  void believesTokensOfTheAccountsTenant(String claim, String value, String tenant, boolean counts)
      throws Exception {
    Identity alice = alice(Map.of(claim, value, "tid", tenant));

    assertThat(ids(Optional.of(TENANT)).of(alice))
        .isEqualTo(counts ? Optional.of(UUID.fromString(OF_TOKEN)) : Optional.empty());
    assertThat(ids(Optional.empty()).of(alice)).isEmpty();
  }

  @Test
  void believesNoOtherIssuer() throws Exception {
    Identity other =
        new Identity(
            new PrincipalId("other", "sub-alice"),
            PrincipalKind.PERSON,
            Map.of("oid", OF_TOKEN, "tid", TENANT));

    assertThat(ids(Optional.of(TENANT)).of(other)).isEmpty();
  }

  @Test
  void asksTheCatalogIfTheTokenSaysNothing() throws Exception {
    ObjectIds ids = ids(Optional.of(TENANT), user("alice", OF_CATALOG));

    assertThat(ids.of(alice(Map.of()))).contains(UUID.fromString(OF_CATALOG));
    assertThat(ids.of(alice(Map.of("oid", OF_TOKEN, "tid", TENANT))))
        .contains(UUID.fromString(OF_TOKEN));
    assertThat(ids(Optional.empty(), user("alice", "sub-alice")).of(alice(Map.of()))).isEmpty();
  }

  @Test
  void isNobodysIfTwoClaimIt() throws Exception {
    assertThat(
            ids(Optional.empty(), user("alice", OF_CATALOG), user("bob", OF_CATALOG))
                .of(alice(Map.of())))
        .isEmpty();
    assertThat(
            ids(
                    Optional.empty(),
                    user("alice", OF_CATALOG),
                    component("build", OF_CATALOG, "corp:job"))
                .of(alice(Map.of())))
        .isEmpty();
  }

  @Test
  void knowsAWorkloadByItsComponent() throws Exception {
    Identity job = new Identity(new PrincipalId("corp", "job"), PrincipalKind.WORKLOAD, Map.of());

    assertThat(ids(Optional.empty(), component("build", OF_CATALOG, "corp:job")).of(job))
        .contains(UUID.fromString(OF_CATALOG));
    assertThat(ids(Optional.empty(), component("build", OF_CATALOG, "corp:other")).of(job))
        .isEmpty();
  }

  private static String component(String name, String objectId, String workload) {
    return """
    kind: Component
    metadata:
      name: %s
      annotations:
        ephemeris.dev/workload-identity: '%s'
        ephemeris.dev/entra-object-id: '%s'
    """
        .formatted(name, workload, objectId);
  }
}
