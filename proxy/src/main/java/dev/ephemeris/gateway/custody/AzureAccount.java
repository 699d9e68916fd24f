package dev.ephemeris.gateway.custody;

import com.azure.resourcemanager.cosmos.fluent.models.DatabaseAccountGetResultsInner;
import com.azure.resourcemanager.cosmos.models.Capability;
import com.azure.resourcemanager.cosmos.models.DatabaseAccountKind;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.ResourceId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An account that Azure shows, and that a gateway can use: it speaks NoSQL, and is ready.
 *
 * @param endpoint where its data is
 */
public record AzureAccount(ResourceId id, Endpoint endpoint, Map<String, String> tags) {

  private static final Logger LOG = LoggerFactory.getLogger(AzureAccount.class);

  /**
   * Of the states that the REST specification has, those in which there is an account to use; in
   * the others it is being made or deleted, or that has failed.
   *
   * @see <a
   *     href="https://learn.microsoft.com/rest/api/cosmos-db-resource-provider/database-accounts/get">Database
   *     Accounts - Get</a>
   */
  private static final Set<String> READY = Set.of("succeeded", "updating");

  /** What makes an account of the same kind speak something else. */
  private static final Set<String> OTHER_APIS =
      Set.of("enablecassandra", "enablegremlin", "enabletable", "enablemongo");

  public AzureAccount {
    tags = Map.copyOf(tags);
  }

  /** The value of a tag; Azure compares names of tags without regard to case. */
  public Optional<String> tag(String name) {
    return tags.entrySet().stream()
        .filter(tag -> tag.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** The account that is shown; empty if a gateway can't use it, which is in the log. */
  static Optional<AzureAccount> of(DatabaseAccountGetResultsInner shown) {
    try {
      Optional<String> obstacle = obstacle(shown);
      if (obstacle.isEmpty()) {
        return Optional.of(
            new AzureAccount(
                ResourceId.parse(String.valueOf(shown.id())),
                Endpoint.parse(String.valueOf(shown.documentEndpoint())),
                tags(shown.tags())));
      }
      LOG.debug("account {} in Azure is of no use: {}", shown.id(), obstacle.get());
    } catch (IllegalArgumentException e) {
      LOG.debug(
          "account {} in Azure is of no use: its id or its endpoint: {}",
          shown.id(),
          e.getMessage());
    }
    return Optional.empty();
  }

  private static Optional<String> obstacle(DatabaseAccountGetResultsInner shown) {
    @Nullable DatabaseAccountKind kind = shown.kind();
    if (kind != null
        && !kind.toString().equalsIgnoreCase(DatabaseAccountKind.GLOBAL_DOCUMENT_DB.toString())) {
      return Optional.of("it is of kind " + kind);
    }
    @Nullable String state = shown.provisioningState();
    if (state == null || !READY.contains(state.toLowerCase(Locale.ROOT))) {
      return Optional.of("it is in state " + state);
    }
    @Nullable List<Capability> capabilities = shown.capabilities();
    return (capabilities == null ? List.<Capability>of() : capabilities)
        .stream()
            .map(capability -> String.valueOf(capability.name()))
            .filter(name -> OTHER_APIS.contains(name.toLowerCase(Locale.ROOT)))
            .map(name -> "it has " + name)
            .findFirst();
  }

  /** Those that have a value. */
  private static Map<String, String> tags(@Nullable Map<String, @Nullable String> shown) {
    Map<String, String> tags = new HashMap<>();
    if (shown != null) {
      shown.forEach(
          (name, value) -> {
            if (value != null) {
              tags.put(name, value);
            }
          });
    }
    return tags;
  }
}
