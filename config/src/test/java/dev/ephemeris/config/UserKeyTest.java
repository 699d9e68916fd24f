package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.policy.yaml.YamlException;
import dev.ephemeris.policy.yaml.YamlFile;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By what an issuer's people are found in the catalog, and by what they mustn't be. */
class UserKeyTest {

  private static final String GOOGLE =
      """
      name: google
      preset: google
      audiences: { api: api://ephemeris }
      clients: ['1234']
      require: { hd: [acme.example] }
      """;

  private static final String ENTRA =
      """
      name: corp
      preset: entra
      issuer: https://login.microsoftonline.com/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11/v2.0
      audiences: { api: api://ephemeris }
      clients: [cli]
      """;

  private static final String KEYCLOAK =
      """
      name: corp
      preset: keycloak
      issuer: https://id.acme.example/realms/acme
      audiences: { api: api://ephemeris }
      clients: [cli]
      """;

  private static Issuer read(String text) {
    return YamlFile.read("issuer.yaml", text, Issuer.class);
  }

  @Test
  void isTheSubjectInAnAnnotationUnlessSaidOtherwise() {
    assertThat(read(KEYCLOAK).userKey()).isEqualTo(UserKey.subjectIn("keycloak.org/id"));
    assertThat(read(KEYCLOAK + "userAnnotation: metadata.name\n").userKey())
        .isEqualTo(new UserKey(Optional.empty(), new UserField.Name()));
    assertThat(read(KEYCLOAK + "userAnnotation: entityRef\n").userKey())
        .isEqualTo(new UserKey(Optional.empty(), new UserField.EntityReference()));
  }

  @Test
  void isAClaimThatIsKeptWithoutBeingNamedTwice() {
    Issuer issuer = read(KEYCLOAK + "userAnnotation: acme.example/id\nuserClaim: employee\n");

    assertThat(issuer.userKey())
        .isEqualTo(
            new UserKey(
                Optional.of(ClaimPath.parse("employee")),
                new UserField.Annotation("acme.example/id")));
    assertThat(issuer.claims()).containsExactly(ClaimPath.parse("employee"));
  }

  @Test
  void isAnAddressWhereItsIssuerHasToSayThatItIsVerified() {
    String address = "userAnnotation: spec.profile.email\nuserClaim: email\n";

    assertThat(read(GOOGLE + address).userKey().field()).isEqualTo(new UserField.Email());
    assertThat(read(KEYCLOAK + address + "require: { email_verified: ['true'] }\n").userClaim())
        .isPresent();
    // Of persons only, so that service accounts, which have none, still come in.
    assertThat(read(KEYCLOAK + address + "persons: { email_verified: ['true'] }\n").userClaim())
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "userAnnotation: spec.profile.email\nuserClaim: email\n",
        "userAnnotation: spec.profile.email\nuserClaim: mail\n",
        "userAnnotation: acme.example/mail\nuserClaim: email\n",
        "userClaim: email\nrequire: { email_verified: ['*'] }\n",
        "userClaim: email\nrequire: { email_verified: ['true', 'false'] }\n",
        "userClaim: email\nworkloads: { email_verified: ['true'] }\n",
      })
  void isNoAddressThatNobodyHasVerified(String address) {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read(KEYCLOAK + address))
        .withMessageContaining("an address that nobody has verified may be anybody's");
  }

  @ParameterizedTest
  @ValueSource(strings = {"email", "preferred_username", "upn", "unique_name", "name", "nickname"})
  void isNothingThatEntraIdDoesntVouchFor(String claim) {
    String verified = "userClaim: " + claim + "\nrequire: { email_verified: ['true'] }\n";

    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(() -> read(ENTRA + verified))
        .withMessageContaining("Entra ID doesn't vouch for this claim");
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(
            () -> read(ENTRA.replace("login.microsoftonline.com", "acme.ciamlogin.com") + verified))
        .withMessageContaining("Entra ID doesn't vouch for this claim");
    assertThat(read(ENTRA + "userClaim: employeeid\n").userClaim()).isPresent();
  }

  @Test
  void isNoClaimOfWorkloads() {
    assertThatExceptionOfType(YamlException.class)
        .isThrownBy(
            () ->
                read(
                    """
                    name: cluster
                    preset: kubernetes
                    issuer: https://cluster.acme.example
                    audiences: { api: api://ephemeris }
                    userClaim: sub
                    """))
        .withMessageContaining("it is by the subject that workloads are found");
  }
}
