package dev.ephemeris.simulator.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keeps secrets with azure-security-keyvault-secrets, which checks the challenge's resource. */
class KeyVaultTest {

  private static final String SECRETS = "Microsoft.KeyVault/vaults/secrets/";

  private static RunningAzure running;
  private static int vaults;

  private Vault vault;
  private SecretClient secrets;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningAzure();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void openAVault() throws Exception {
    vault = running.azure.vault(RunningAzure.SUBSCRIPTION, RunningAzure.GROUP, "keys-" + vaults++);
    secrets = client(RunningAzure.OWNER);
  }

  private SecretClient client(ServicePrincipal principal) throws Exception {
    return client(running.credential(principal.objectId(), Vault.AUDIENCE));
  }

  private SecretClient client(TokenCredential credential) throws Exception {
    return new SecretClientBuilder()
        .vaultUrl(vault.endpoint().toString())
        .httpClient(running.http())
        .credential(credential)
        .retryOptions(new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1))))
        .buildClient();
  }

  private static void assertRefused(int status, String words, Runnable call) {
    assertThatExceptionOfType(HttpResponseException.class)
        .isThrownBy(call::run)
        .satisfies(
            refusal -> {
              assertThat(refusal.getResponse().getStatusCode()).isEqualTo(status);
              assertThat(refusal.getMessage()).contains(words);
            });
  }

  @Test
  void keepsASecretAndItsVersions() {
    var first = secrets.setSecret("orders-key", "one");
    var second =
        secrets.setSecret(
            new KeyVaultSecret("orders-key", "two")
                .setProperties(new SecretProperties().setContentType("text/plain")));

    assertThat(secrets.getSecret("orders-key").getValue()).isEqualTo("two");
    assertThat(secrets.getSecret("orders-key").getProperties().getContentType())
        .isEqualTo("text/plain");
    assertThat(secrets.getSecret("orders-key", first.getProperties().getVersion()).getValue())
        .isEqualTo("one");
    assertThat(secrets.listPropertiesOfSecretVersions("orders-key"))
        .extracting(SecretProperties::getVersion)
        .containsExactlyInAnyOrder(
            first.getProperties().getVersion(), second.getProperties().getVersion());
    assertThat(vault.value("orders-key")).contains("two");
    assertThat(second.getId()).startsWith(vault.endpoint() + "/secrets/orders-key/");
  }

  @Test
  void hasWhatSomebodyElseSet() {
    var version = vault.set("root-key", "secret");

    assertThat(secrets.getSecret("root-key").getProperties().getVersion()).isEqualTo(version);
    assertRefused(404, "SecretNotFound", () -> secrets.getSecret("other-key"));
    assertRefused(
        404, "SecretNotFound", () -> secrets.getSecret("root-key", "0123456789abcdef".repeat(2)));
  }

  @Test
  void listsPageByPage() {
    for (var i = 0; i < 60; i++) {
      vault.set("secret-" + i, "x");
      vault.set("one", "x");
    }

    assertThat(secrets.listPropertiesOfSecrets()).hasSize(61);
    assertThat(secrets.listPropertiesOfSecretVersions("one")).hasSize(60);
  }

  @Test
  void givesNoDisabledVersion() {
    var first = secrets.setSecret("orders-key", "one").getProperties();
    var second = secrets.setSecret("orders-key", "two").getProperties();

    var changed = secrets.updateSecretProperties(second.setEnabled(false));

    assertThat(changed.isEnabled()).isFalse();
    assertRefused(
        403,
        "Operation get is not allowed on a disabled secret.",
        () -> secrets.getSecret("orders-key"));
    assertThat(secrets.getSecret("orders-key", first.getVersion()).getValue()).isEqualTo("one");
    secrets.updateSecretProperties(second.setEnabled(true));
    assertThat(secrets.getSecret("orders-key").getValue()).isEqualTo("two");
  }

  @Test
  void givesWhatIsExpiredOrNotValidYetWithItsTimes() {
    var now = OffsetDateTime.now(ZoneOffset.UTC).withNano(0);
    var properties =
        new SecretProperties().setNotBefore(now.plusDays(1)).setExpiresOn(now.plusDays(2));
    secrets.setSecret(new KeyVaultSecret("soon", "x").setProperties(properties));

    var secret = secrets.getSecret("soon").getProperties();

    assertThat(secret.getNotBefore()).isEqualTo(now.plusDays(1));
    assertThat(secret.getExpiresOn()).isEqualTo(now.plusDays(2));
    secrets.updateSecretProperties(secret.setExpiresOn(now.minusDays(1)));
    assertThat(secrets.getSecret("soon").getProperties().getExpiresOn())
        .isEqualTo(now.minusDays(1));
  }

  @Test
  void letsNobodyDoWhatNoRoleGives() throws Exception {
    vault.set("orders-key", "one");
    vault.set("carts-key", "two");
    var guest = client(RunningAzure.GUEST);

    assertRefused(403, "ForbiddenByRbac", () -> guest.getSecret("orders-key"));
    running.azure.grant(
        RunningAzure.GUEST.objectId(),
        vault.id() + "/secrets/orders-key",
        SECRETS + "getSecret/action");
    assertThat(guest.getSecret("orders-key").getValue()).isEqualTo("one");
    assertRefused(403, "getSecret/action", () -> guest.getSecret("carts-key"));
    assertRefused(403, "setSecret/action", () -> guest.setSecret("orders-key", "three"));
    assertRefused(
        403,
        "readMetadata/action",
        () -> assertThat(guest.listPropertiesOfSecretVersions("orders-key")).isEmpty());
    assertThat(vault.value("orders-key")).contains("one");
    running.azure.revoke(RunningAzure.GUEST.objectId());
  }

  @Test
  void takesNoTokenForAnotherService() throws Exception {
    vault.set("orders-key", "one");
    var other = client(running.credential(RunningAzure.OWNER.objectId(), Tenant.MANAGEMENT));

    assertRefused(401, "AKV10022", () -> other.getSecret("orders-key"));
  }

  @Test
  void asksForATokenForVaultsFromTheTenant() throws Exception {
    try (var client = HttpClient.newBuilder().sslContext(running.certificate.clientTls()).build()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(
                      vault.endpoint().resolve("/secrets/orders-key?api-version=2025-07-01"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate"))
          .contains(
              "Bearer authorization=\""
                  + running.azure.tenant().authority()
                  + RunningAzure.TENANT
                  + "\", resource=\"https://vault.localhost\"");
    }
  }
}
