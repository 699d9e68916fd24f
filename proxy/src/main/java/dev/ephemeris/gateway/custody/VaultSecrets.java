package dev.ephemeris.gateway.custody;

import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.exception.ResourceNotFoundException;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.HttpLogDetailLevel;
import com.azure.core.http.policy.HttpLogOptions;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one key vault, asked as the gateway's identity there. Calls block, for virtual
 * threads. Thread-safe.
 */
public final class VaultSecrets {

  private final Endpoint vault;
  private final SecretClient client;

  /**
   * That of the configuration. Asks for nothing yet.
   *
   * @throws SecretFileException if the identity has a certificate and it can't be read
   */
  public static VaultSecrets of(Endpoint vault, EntraIdentity identity) throws SecretFileException {
    HttpClient http = new JdkHttpClientBuilder().build();
    return new VaultSecrets(vault, EntraIdentities.of(identity, http), http);
  }

  VaultSecrets(Endpoint vault, TokenCredential identity, HttpClient http) {
    this.vault = vault;
    this.client = client(vault, identity, http);
  }

  static SecretClient client(Endpoint vault, TokenCredential identity, HttpClient http) {
    return new SecretClientBuilder()
        .vaultUrl(vault.toString())
        .credential(identity)
        .httpClient(http)
        // Whatever the environment says: the vault's answers are keys.
        .httpLogOptions(new HttpLogOptions().setLogLevel(HttpLogDetailLevel.NONE))
        .buildClient();
  }

  /** What a vault doesn't do; the message names vault and secret, and what to do about it. */
  public static final class VaultException extends Exception {

    private final boolean missing;

    VaultException(String message, boolean missing) {
      super(message);
      this.missing = missing;
    }

    /** Whether it answered that there is no such secret. */
    public boolean isMissing() {
      return missing;
    }
  }

  /**
   * Reads a secret, the newest version, and gives its text, without white space around it, to
   * {@code parser}, whose {@link IllegalArgumentException} says what is wrong without repeating it.
   */
  @Reveals("to parse it")
  public <T> T read(String name, Function<String, T> parser) throws VaultException {
    String text = read(name, Optional.empty()).value().reveal().strip();
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw isOfNoUse(name, String.valueOf(e.getMessage()));
    }
  }

  /**
   * A secret as the vault has it now.
   *
   * @param version by which it stays what it is, whoever sets another under its name
   */
  public record Kept(String version, Secret value) {}

  /**
   * What a vault tells of a secret without the secret.
   *
   * @param createdAt when its newest version was made
   */
  public record Listed(String name, boolean enabled, Instant createdAt) {}

  /** That what a secret holds can't be used; the reason doesn't repeat it. */
  public VaultException isOfNoUse(String name, String why) {
    return new VaultException(
        "Secret “" + name + "” in the key vault " + vault + " is of no use: " + why + ".", false);
  }

  /** Reads the newest version of a secret, or that one. */
  public Kept read(String name, Optional<String> version) throws VaultException {
    KeyVaultSecret found = asked(name, "read", () -> client.getSecret(name, version.orElse(null)));
    return new Kept(found.getProperties().getVersion(), new Secret(found.getValue()));
  }

  /** Makes the value the newest version of a secret; which one that is. */
  @Reveals("to the vault that keeps it")
  public String put(String name, Secret value) throws VaultException {
    String text = value.reveal();
    return asked(name, "set", () -> client.setSecret(name, text)).getProperties().getVersion();
  }

  /** From now on nobody reads that version any more, if there is one. */
  public void disable(String name, String version) throws VaultException {
    Optional<SecretProperties> unused =
        asked(
            name,
            "disable",
            () ->
                client.listPropertiesOfSecretVersions(name).stream()
                    .filter(one -> version.equals(one.getVersion()))
                    .findFirst()
                    .map(found -> client.updateSecretProperties(found.setEnabled(false))));
  }

  /** Those whose names begin so. */
  public List<Listed> beginningWith(String prefix) throws VaultException {
    return asked(
        prefix + "…",
        "list",
        () ->
            client.listPropertiesOfSecrets().stream()
                .filter(secret -> secret.getName().startsWith(prefix))
                .map(
                    secret ->
                        new Listed(
                            secret.getName(),
                            !Boolean.FALSE.equals(secret.isEnabled()),
                            instant(secret.getCreatedOn())))
                .toList());
  }

  private static Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? Instant.EPOCH : time.toInstant();
  }

  private <T> T asked(String name, String what, Supplier<T> call) throws VaultException {
    String where = "Secret “" + name + "” in the key vault " + vault;
    try {
      return call.get();
    } catch (ResourceNotFoundException e) {
      throw new VaultException(where + " isn't there.", true);
    } catch (HttpResponseException e) {
      int status = e.getResponse() == null ? 0 : e.getResponse().getStatusCode();
      // The body may have what was sent; what it says of why is known by the status.
      throw new VaultException(
          status == 403
              ? where
                  + " is disabled, or the gateway's identity may not "
                  + what
                  + " it: docs/keys.md has the rights."
              : where + " can't be " + past(what) + ": the vault answers " + status + ".",
          false);
    } catch (RuntimeException e) {
      throw new VaultException(
          where
              + " can't be "
              + past(what)
              + ": "
              + e.getClass().getSimpleName()
              + ". Does the vault answer the gateway, and has the gateway an identity?",
          false);
    }
  }

  private static String past(String what) {
    return switch (what) {
      case "disable" -> "disabled";
      case "list" -> "listed";
      default -> what;
    };
  }

  @Override
  public String toString() {
    return vault.toString();
  }
}
