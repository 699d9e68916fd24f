package dev.ephemeris.gateway.custody;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.http.policy.UserAgentPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.cosmos.CosmosManager;
import com.azure.resourcemanager.cosmos.fluent.CosmosDBManagementClient;
import com.azure.resourcemanager.cosmos.fluent.models.DatabaseAccountListKeysResultInner;
import dev.ephemeris.config.Azure;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Azure Resource Manager, asked as the gateway's identity there. Calls block, for virtual threads,
 * and fail with what Azure's library throws. Thread-safe.
 */
public final class AzureResources {

  private final HttpPipeline pipeline;
  private final AzureEnvironment environment;

  /** One for each subscription. */
  private final Map<String, CosmosDBManagementClient> clients = new ConcurrentHashMap<>();

  /**
   * That of the configuration. Asks for nothing yet.
   *
   * @throws SecretFileException if the identity has a certificate and it can't be read
   */
  public static AzureResources of(Azure settings) throws SecretFileException {
    HttpClient http = new JdkHttpClientBuilder().build();
    return new AzureResources(
        settings.resourceManager().toString(), EntraIdentities.of(settings.identity(), http), http);
  }

  /**
   * @param endpoint such as {@code https://management.azure.com/}
   */
  AzureResources(String endpoint, TokenCredential identity, HttpClient http) {
    this.pipeline =
        new HttpPipelineBuilder()
            .policies(
                new UserAgentPolicy("ephemeris", "azure-resourcemanager-cosmos", "", null),
                new RetryPolicy(),
                new BearerTokenAuthenticationPolicy(
                    identity, endpoint.replaceFirst("/*$", "/.default")))
            .httpClient(http)
            .build();
    this.environment =
        new AzureEnvironment(
            Map.of("resourceManagerEndpointUrl", endpoint, "managementEndpointUrl", endpoint));
  }

  private CosmosDBManagementClient client(ResourceId account) {
    return clients.computeIfAbsent(
        account.subscription(),
        subscription ->
            CosmosManager.authenticate(pipeline, new AzureProfile(null, subscription, environment))
                .serviceClient());
  }

  /** The account's keys. */
  KeyPair keys(ResourceId account) {
    DatabaseAccountListKeysResultInner listed =
        client(account).getDatabaseAccounts().listKeys(account.resourceGroup(), account.account());
    return KeyPair.of(
        new Secret(listed.primaryMasterKey()), new Secret(listed.secondaryMasterKey()));
  }
}
