package dev.ephemeris.gateway.custody;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.Context;
import com.azure.resourcemanager.cosmos.fluent.DatabaseAccountsClient;
import com.azure.resourcemanager.cosmos.fluent.models.DatabaseAccountGetResultsInner;
import com.azure.resourcemanager.cosmos.models.AccountKeyMetadata;
import com.azure.resourcemanager.cosmos.models.DatabaseAccountKeysMetadata;
import com.azure.resourcemanager.cosmos.models.IpAddressOrRange;
import com.azure.resourcemanager.cosmos.models.MinimalTlsVersion;
import com.azure.resourcemanager.cosmos.models.NetworkAclBypass;
import com.azure.resourcemanager.cosmos.models.PrivateLinkServiceConnectionStateProperty;
import com.azure.resourcemanager.cosmos.models.PublicNetworkAccess;
import com.azure.resourcemanager.cosmos.models.VirtualNetworkRule;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.AccountRoles.RolesException;
import dev.ephemeris.gateway.custody.AccountSettings.PrivateEndpoint;
import dev.ephemeris.gateway.custody.AccountSettings.PublicNetwork;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One that Azure's library, and for its logs a request of the gateway's own, asks for. */
final class ResourceManagerAccount implements AccountInAzure {

  /**
   * Not in the library of Cosmos DB, and one request is less than another library.
   *
   * @see <a href="https://learn.microsoft.com/rest/api/monitor/diagnostic-settings/list">Diagnostic
   *     Settings - List</a>
   */
  private static final String DIAGNOSTIC_SETTINGS =
      "/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview";

  private static final int FORBIDDEN = 403;

  private final ResourceId resource;
  private final DatabaseAccountsClient accounts;
  private final AccountRoles roles;
  private final HttpPipeline pipeline;
  private final URI endpoint;

  /**
   * @param endpoint Resource Manager's
   */
  ResourceManagerAccount(
      ResourceId resource,
      DatabaseAccountsClient accounts,
      AccountRoles roles,
      HttpPipeline pipeline,
      URI endpoint) {
    this.resource = resource;
    this.accounts = accounts;
    this.roles = roles;
    this.pipeline = pipeline;
    this.endpoint = endpoint;
  }

  @Override
  public AzureRead<AccountSettings> settings() {
    return asked(
        "for the account",
        () -> settings(accounts.getByResourceGroup(resource.resourceGroup(), resource.account())));
  }

  @Override
  public AzureRead<AccountRoles.Listed> roles() {
    try {
      return new AzureRead.Known<>(roles.list());
    } catch (RolesException e) {
      return new AzureRead.Unknown<>(
          String.valueOf(e.getMessage()),
          e.getCause() instanceof HttpResponseException answer && status(answer) == FORBIDDEN);
    }
  }

  @Override
  public AzureRead<List<DiagnosticSetting>> diagnosticSettings() {
    return asked(
        "for the account's diagnostic settings",
        () -> {
          URI address = endpoint.resolve(resource + DIAGNOSTIC_SETTINGS);
          HttpRequest request = new HttpRequest(HttpMethod.GET, address.toString());
          try (HttpResponse response = pipeline.sendSync(request, Context.NONE)) {
            if (response.getStatusCode() != 200) {
              throw new HttpResponseException("it didn't list them", response);
            }
            return settings(new JsonObject(response.getBodyAsBinaryData().toString()));
          }
        });
  }

  private static List<DiagnosticSetting> settings(JsonObject answer) {
    return objects(answer.getJsonArray("value"))
        .map(
            setting ->
                diagnosticSetting(
                    setting.getString("name", ""),
                    setting.getJsonObject("properties", new JsonObject())))
        .toList();
  }

  private static DiagnosticSetting diagnosticSetting(String name, JsonObject properties) {
    return new DiagnosticSetting(
        name, properties.getString("workspaceId") != null, logs(properties));
  }

  private static Set<String> logs(JsonObject properties) {
    Set<String> logs = new HashSet<>();
    objects(properties.getJsonArray("logs"))
        .filter(log -> log.getBoolean("enabled", false))
        .flatMap(log -> Stream.of(log.getString("category"), log.getString("categoryGroup")))
        .filter(name -> name != null)
        .forEach(logs::add);
    return logs;
  }

  private static Stream<JsonObject> objects(@Nullable JsonArray array) {
    return array == null ? Stream.empty() : array.stream().map(JsonObject.class::cast);
  }

  /** What is absent is what the service takes it for, as its specification says. */
  private static AccountSettings settings(DatabaseAccountGetResultsInner account) {
    List<String> bypass = new ArrayList<>(listed(account.networkAclBypassResourceIds()));
    if (account.networkAclBypass() == NetworkAclBypass.AZURE_SERVICES && bypass.isEmpty()) {
      bypass.add(NetworkAclBypass.AZURE_SERVICES.toString());
    }
    return new AccountSettings(
        Boolean.TRUE.equals(account.disableLocalAuth()),
        !Boolean.TRUE.equals(account.disableKeyBasedMetadataWriteAccess()),
        publicNetwork(account.publicNetworkAccess()),
        listed(account.ipRules()).stream().map(IpAddressOrRange::ipAddressOrRange).toList(),
        Boolean.TRUE.equals(account.isVirtualNetworkFilterEnabled()),
        listed(account.virtualNetworkRules()).stream().map(VirtualNetworkRule::id).toList(),
        listed(account.privateEndpointConnections()).stream()
            .map(
                each ->
                    new PrivateEndpoint(
                        each.id(), status(each.privateLinkServiceConnectionState())))
            .toList(),
        account.networkAclBypass() == NetworkAclBypass.AZURE_SERVICES ? bypass : List.of(),
        Optional.ofNullable(account.minimalTlsVersion()).orElse(MinimalTlsVersion.TLS12).toString(),
        keysMadeAt(account.keysMetadata()));
  }

  private static PublicNetwork publicNetwork(@Nullable PublicNetworkAccess access) {
    if (access == null || access.equals(PublicNetworkAccess.ENABLED)) {
      return PublicNetwork.ENABLED;
    }
    if (access.equals(PublicNetworkAccess.DISABLED)) {
      return PublicNetwork.DISABLED;
    }
    return access.equals(PublicNetworkAccess.SECURED_BY_PERIMETER)
        ? PublicNetwork.SECURED_BY_PERIMETER
        : PublicNetwork.OTHER;
  }

  private static String status(@Nullable PrivateLinkServiceConnectionStateProperty state) {
    return state == null || state.status() == null ? "unknown" : state.status();
  }

  private static Map<String, Optional<Instant>> keysMadeAt(
      @Nullable DatabaseAccountKeysMetadata keys) {
    List<Function<DatabaseAccountKeysMetadata, @Nullable AccountKeyMetadata>> each =
        List.of(
            DatabaseAccountKeysMetadata::primaryMasterKey,
            DatabaseAccountKeysMetadata::secondaryMasterKey,
            DatabaseAccountKeysMetadata::primaryReadonlyMasterKey,
            DatabaseAccountKeysMetadata::secondaryReadonlyMasterKey);
    Map<String, Optional<Instant>> madeAt = new HashMap<>();
    for (int i = 0; i < each.size(); i++) {
      madeAt.put(
          AccountSettings.KEYS.get(i),
          Optional.ofNullable(keys)
              .map(each.get(i))
              .map(AccountKeyMetadata::generationTime)
              .map(time -> time.toInstant()));
    }
    return madeAt;
  }

  private static <T> List<T> listed(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  private static <T> AzureRead<T> asked(String what, Supplier<T> call) {
    String question = "Azure Resource Manager was asked " + what + ", and ";
    try {
      return new AzureRead.Known<>(call.get());
    } catch (HttpResponseException e) {
      String code =
          e instanceof ManagementException named && named.getValue() != null
              ? " " + named.getValue().getCode()
              : "";
      return new AzureRead.Unknown<>(
          question + "answered " + status(e) + code, status(e) == FORBIDDEN);
    } catch (DecodeException | ClassCastException e) {
      return new AzureRead.Unknown<>(question + "its answer can't be read", false);
    } catch (RuntimeException e) {
      return new AzureRead.Unknown<>(
          question + "didn't answer: " + e.getClass().getSimpleName(), false);
    }
  }

  private static int status(HttpResponseException e) {
    return e.getResponse() == null ? 0 : e.getResponse().getStatusCode();
  }
}
