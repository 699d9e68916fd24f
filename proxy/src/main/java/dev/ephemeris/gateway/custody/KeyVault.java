package dev.ephemeris.gateway.custody;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;

/** Two secrets in a key vault, which are the keys of an account. Calls block. Thread-safe. */
public final class KeyVault implements KeySource {

  private final SecretClient client;
  private final String primary;
  private final String secondary;

  /**
   * The vault of the configuration. Asks for nothing yet.
   *
   * @param keys of kind {@link AccountKeys.Kind#KEY_VAULT}
   * @throws SecretFileException if the identity has a certificate and it can't be read
   */
  public static KeyVault of(AccountKeys keys, EntraIdentity identity) throws SecretFileException {
    HttpClient http = new JdkHttpClientBuilder().build();
    return new KeyVault(keys, EntraIdentities.of(identity, http), http);
  }

  KeyVault(AccountKeys keys, TokenCredential identity, HttpClient http) {
    this.client = VaultSecrets.client(keys.vault().orElseThrow(), identity, http);
    this.primary = keys.primary().orElseThrow();
    this.secondary = keys.secondary().orElseThrow();
  }

  /** Those of the newest versions. */
  @Override
  public KeyPair read() {
    return KeyPair.of(new AccountSecrets(secret(primary), secret(secondary)));
  }

  private Secret secret(String name) {
    return new Secret(client.getSecret(name).getValue());
  }

  /** Makes the key the newest version of its secret, if it isn't that. */
  @Reveals("to the vault that keeps it")
  void publish(AccountSecrets secrets, KeyName name) {
    String where =
        switch (name) {
          case PRIMARY -> primary;
          case SECONDARY -> secondary;
          case PRIMARY_READONLY, SECONDARY_READONLY ->
              throw new IllegalArgumentException("it isn't kept in the vault");
        };
    Secret key = secrets.key(name);
    if (!secret(where).isSameAs(key)) {
      client.setSecret(where, key.reveal());
    }
  }
}
