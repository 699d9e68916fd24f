package dev.ephemeris.gateway.custody;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import java.util.Optional;

/** Where the keys of an account are kept. */
public interface KeySource {

  /** The keys of now. Blocks. */
  KeyPair read() throws Exception;

  /** One key, as it was read at the start. */
  static KeySource of(MasterKey key) {
    KeyPair pair = new KeyPair(key, Optional.empty());
    return () -> pair;
  }

  /** Those that Azure Resource Manager lists. */
  static KeySource of(AzureResources azureResources, ResourceId account) {
    return () -> azureResources.keys(account);
  }

  /**
   * The newest versions of two secrets in a key vault.
   *
   * @throws SecretFileException if the identity has a certificate and it can't be read
   */
  static KeySource of(AccountKeys keys, EntraIdentity identity) throws SecretFileException {
    HttpClient http = new JdkHttpClientBuilder().build();
    return of(keys, EntraIdentities.of(identity, http), http);
  }

  static KeySource of(AccountKeys keys, TokenCredential identity, HttpClient http) {
    SecretClient vault =
        new SecretClientBuilder()
            .vaultUrl(keys.vault().orElseThrow().toString())
            .credential(identity)
            .httpClient(http)
            .buildClient();
    String primary = keys.primary().orElseThrow();
    String secondary = keys.secondary().orElseThrow();
    return () ->
        KeyPair.of(
            new Secret(vault.getSecret(primary).getValue()),
            new Secret(vault.getSecret(secondary).getValue()));
  }
}
