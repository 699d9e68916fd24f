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
import com.azure.core.management.exception.ManagementException;
import com.azure.core.management.polling.PollResult;
import com.azure.core.management.profile.AzureProfile;
import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.core.util.polling.PollResponse;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.cosmos.CosmosManager;
import com.azure.resourcemanager.cosmos.fluent.CosmosDBManagementClient;
import com.azure.resourcemanager.cosmos.fluent.models.DatabaseAccountListKeysResultInner;
import com.azure.resourcemanager.cosmos.models.DatabaseAccountRegenerateKeyParameters;
import com.azure.resourcemanager.cosmos.models.KeyKind;
import com.azure.resourcemanager.cosmos.models.Location;
import dev.ephemeris.config.Azure;
import dev.ephemeris.config.AzureScope;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Azure Resource Manager, asked as the gateway's identity there. Calls block, for virtual threads,
 * and fail with what Azure's library throws. Thread-safe.
 */
public final class AzureResources {

  /** Between two looks at what Azure is doing. */
  private static final Duration POLL = Duration.ofSeconds(10);

  /** Where tokens are for, in Azure's clouds. */
  private static final Set<String> OWN_AUDIENCES =
      Set.of("management.usgovcloudapi.net", "management.chinacloudapi.cn");

  /** Where logs are asked for, in Azure's clouds. */
  private static final Map<String, String> LOGS =
      Map.of(
          "management.azure.com", "api.loganalytics.io",
          "management.usgovcloudapi.net", "api.loganalytics.us",
          "management.chinacloudapi.cn", "api.loganalytics.azure.cn");

  private static final int NOT_FOUND = 404;

  /** How Azure says that there is no such account, or nowhere for it to be. */
  private static final Set<String> ABSENT =
      Set.of("ResourceNotFound", "ResourceGroupNotFound", "SubscriptionNotFound");

  private final URI endpoint;
  private final HttpPipeline pipeline;
  private final AzureEnvironment environment;
  private final AzureLogs logs;

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
    this.endpoint = URI.create(endpoint);
    this.pipeline = pipeline(identity, scope(this.endpoint), http);
    this.logs =
        new AzureLogs(
            pipeline(
                identity,
                "https://"
                    + LOGS.getOrDefault(this.endpoint.getHost(), "api.loganalytics.io")
                    + "/.default",
                http),
            // One of our own has both in one place.
            LOGS.containsKey(this.endpoint.getHost())
                ? "https://" + LOGS.get(this.endpoint.getHost())
                : endpoint.replaceAll("/+$", ""));
    this.environment =
        new AzureEnvironment(
            Map.of("resourceManagerEndpointUrl", endpoint, "managementEndpointUrl", endpoint));
  }

  private static HttpPipeline pipeline(TokenCredential identity, String scope, HttpClient http) {
    return new HttpPipelineBuilder()
        .policies(
            new UserAgentPolicy("ephemeris", "azure-resourcemanager-cosmos", "", null),
            new RetryPolicy(),
            new BearerTokenAuthenticationPolicy(identity, scope))
        .httpClient(http)
        .build();
  }

  /** What Azure has logged of accounts. */
  AzureLogs logs() {
    return logs;
  }

  private static String scope(URI endpoint) {
    return "https://"
        + (OWN_AUDIENCES.contains(endpoint.getHost()) ? endpoint.getHost() : "management.azure.com")
        + "/.default";
  }

  private CosmosDBManagementClient client(ResourceId account) {
    return client(account.subscription());
  }

  private CosmosDBManagementClient client(String ofSubscription) {
    return clients.computeIfAbsent(
        ofSubscription.toLowerCase(Locale.ROOT),
        subscription ->
            CosmosManager.authenticate(pipeline, new AzureProfile(null, subscription, environment))
                .serviceClient());
  }

  /**
   * The accounts in the scope that a gateway can use: all of them, of every page.
   *
   * @throws com.azure.core.exception.HttpResponseException if Azure refuses, or a page can't be
   *     read
   */
  public List<AzureAccount> accounts(AzureScope scope) {
    return new AccountPages(pipeline, endpoint, client(scope.subscription()).getApiVersion())
        .in(scope).stream()
            .flatMap(shown -> AzureAccount.of(shown).stream())
            .filter(account -> scope.contains(account.id()))
            .distinct() // it may move from one page to the next
            .toList();
  }

  /**
   * The account of this id; empty if Azure says that there is none, or a gateway can't use it.
   *
   * @throws ManagementException if Azure says anything else
   */
  public Optional<AzureAccount> find(ResourceId id) {
    try {
      return AzureAccount.of(
              client(id).getDatabaseAccounts().getByResourceGroup(id.resourceGroup(), id.account()))
          .filter(account -> account.id().toString().equalsIgnoreCase(id.toString()));
    } catch (ManagementException e) {
      if (isAbsent(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Not any 404: one of a proxy's on the way says nothing of accounts. */
  static boolean isAbsent(ManagementException e) {
    return e.getResponse() != null
        && e.getResponse().getStatusCode() == NOT_FOUND
        && e.getValue() != null
        && e.getValue().getCode() != null
        && ABSENT.contains(e.getValue().getCode());
  }

  /** The account's native roles. */
  public AccountRoles roles(ResourceId account) {
    return new AzureRoles(client(account).getSqlResources(), account);
  }

  /** The account, as it is shown. */
  public AccountInAzure account(ResourceId account) {
    return new ResourceManagerAccount(
        account, client(account).getDatabaseAccounts(), roles(account), pipeline, endpoint);
  }

  /** The account's keys. */
  AccountSecrets secrets(ResourceId account) {
    DatabaseAccountListKeysResultInner listed =
        client(account).getDatabaseAccounts().listKeys(account.resourceGroup(), account.account());
    return new AccountSecrets(
        new Secret(listed.primaryMasterKey()), new Secret(listed.secondaryMasterKey()));
  }

  /**
   * Makes a key anew, and waits until Azure says that it is done, which takes minutes to hours.
   *
   * @param meanwhile is called right before Azure is asked, and time and again while it is at it;
   *     what it throws ends that
   */
  void regenerate(ResourceId account, KeyName key, Runnable meanwhile) throws InterruptedException {
    meanwhile.run();
    SyncPoller<PollResult<Void>, Void> operation =
        client(account)
            .getDatabaseAccounts()
            .beginRegenerateKey(
                account.resourceGroup(),
                account.account(),
                new DatabaseAccountRegenerateKeyParameters()
                    .withKeyKind(KeyKind.fromString(key.azures())));
    PollResponse<PollResult<Void>> answer = operation.poll();
    while (!answer.getStatus().isComplete()) {
      Duration wait = answer.getRetryAfter();
      Thread.sleep(wait == null || wait.compareTo(POLL) > 0 ? POLL : wait);
      meanwhile.run();
      answer = operation.poll();
    }
    if (!LongRunningOperationStatus.SUCCESSFULLY_COMPLETED.equals(answer.getStatus())) {
      throw new IllegalStateException(
          "Azure ended the regeneration of the "
              + key
              + " key as "
              + answer.getStatus()
              + Optional.ofNullable(answer.getValue().getError())
                  .map(error -> ": " + error.getMessage())
                  .orElse(""));
    }
  }

  /** The endpoints of all regions of the account. */
  List<URI> regions(ResourceId account) {
    return client(account)
        .getDatabaseAccounts()
        .getByResourceGroup(account.resourceGroup(), account.account())
        .locations()
        .stream()
        .map(Location::documentEndpoint)
        .map(URI::create)
        .toList();
  }
}
