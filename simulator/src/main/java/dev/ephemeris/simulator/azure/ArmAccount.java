package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import dev.ephemeris.simulator.cosmos.KeyKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A Cosmos DB account as Resource Manager knows it.
 *
 * <p>All methods are safe to call from any thread.
 */
public final class ArmAccount {

  static final String TYPE = "Microsoft.DocumentDB/databaseAccounts";

  /** What can be set, and what it is at first; the rest is the account's own. */
  private static final JsonObject SETTABLE =
      new JsonObject()
          .put("provisioningState", "Succeeded")
          .put("capabilities", new JsonArray())
          .put("disableKeyBasedMetadataWriteAccess", false)
          .put("publicNetworkAccess", "Enabled")
          .put("ipRules", new JsonArray())
          .put("isVirtualNetworkFilterEnabled", false)
          .put("virtualNetworkRules", new JsonArray())
          .put("privateEndpointConnections", new JsonArray())
          .put("networkAclBypass", "None")
          .put("networkAclBypassResourceIds", new JsonArray())
          .put("minimalTlsVersion", "Tls12");

  private final ArmPath.Group group;
  private final CosmosSimulator cosmos;
  private final Map<String, String> tags = new ConcurrentHashMap<>();
  private final Map<String, Object> set = new ConcurrentHashMap<>();
  private volatile String kind = "GlobalDocumentDB";
  private final RoleHistory roles = new RoleHistory();
  private final List<DiagnosticSetting> diagnosticSettings = new CopyOnWriteArrayList<>();

  ArmAccount(ArmPath.Group group, CosmosSimulator cosmos, Map<String, String> tags) {
    this.group = group;
    this.cosmos = cosmos;
    this.tags.putAll(tags);
    cosmos.access().follow(roles::effective);
  }

  /** Its resource id: {@code /subscriptions/…/databaseAccounts/NAME}. */
  public String id() {
    return group.id() + "/providers/" + TYPE + "/" + name();
  }

  /** Its name. */
  public String name() {
    return cosmos.name();
  }

  /** The account itself. */
  public CosmosSimulator cosmos() {
    return cosmos;
  }

  /** Sets a tag. */
  public void tag(String name, String value) {
    tags.put(name, value);
  }

  /** Takes a tag away. */
  public void untag(String name) {
    tags.remove(name);
  }

  /** Has it shown as of another kind, such as {@code MongoDB}; it answers as before. */
  public void kind(String other) {
    kind = other;
  }

  /**
   * Sets one of the account's properties, spelt and formed as in the REST API. {@code
   * disableLocalAuth} takes effect on data at once; the others are shown only.
   *
   * @throws IllegalArgumentException for a property that can't be set here
   */
  public void set(String property, Object value) {
    if (property.equals("disableLocalAuth")) {
      cosmos.access().disableLocalAuth((Boolean) value);
    } else if (SETTABLE.containsKey(property)) {
      set.put(property, value);
    } else {
      throw new IllegalArgumentException("no property " + property + " that can be set");
    }
  }

  /**
   * Sends logs to a workspace from now on: a diagnostic setting.
   *
   * @param categories such as {@code DataPlaneRequests} and {@code ControlPlaneRequests}
   */
  public void sendLogs(String name, Workspace workspace, String... categories) {
    diagnosticSettings.add(new DiagnosticSetting(name, workspace, List.of(categories)));
  }

  /** Takes a diagnostic setting away. */
  public void sendNoLogs(String name) {
    diagnosticSettings.removeIf(setting -> setting.name().equals(name));
  }

  boolean logs(String category, Workspace workspace) {
    return diagnosticSettings.stream()
        .anyMatch(
            setting ->
                setting.workspace().equals(workspace) && setting.categories().contains(category));
  }

  JsonObject diagnosticSettings() {
    var value = new JsonArray();
    diagnosticSettings.forEach(setting -> value.add(setting.json(this)));
    return JsonObject.of("value", value);
  }

  String subscription() {
    return group.subscription();
  }

  RoleHistory roles() {
    return roles;
  }

  boolean is(ArmPath.OfAccount named) {
    return isIn(named.group()) && name().equalsIgnoreCase(named.name());
  }

  boolean isIn(ArmPath.Group other) {
    return group.is(other);
  }

  boolean isIn(String otherSubscription) {
    return group.subscription().equalsIgnoreCase(otherSubscription);
  }

  JsonObject document() {
    return new JsonObject()
        .put("id", id())
        .put("name", name())
        .put("location", cosmos.regions().getFirst())
        .put("type", TYPE)
        .put("kind", kind)
        .put("tags", new JsonObject(new LinkedHashMap<>(tags)))
        .put("properties", properties());
  }

  private JsonObject properties() {
    var properties =
        SETTABLE
            .copy()
            .mergeIn(new JsonObject(new LinkedHashMap<>(set)))
            .put("databaseAccountOfferType", "Standard")
            .put("documentEndpoint", cosmos.endpoint().toString())
            .put("disableLocalAuth", cosmos.access().localAuthDisabled())
            .put(
                "consistencyPolicy",
                JsonObject.of(
                    "defaultConsistencyLevel",
                    "Session",
                    "maxIntervalInSeconds",
                    5,
                    "maxStalenessPrefix",
                    100))
            .put("enableAutomaticFailover", false)
            .put("enableMultipleWriteLocations", false);
    var all = new JsonArray();
    for (var region : cosmos.regions()) {
      all.add(location(region, all.size()));
    }
    return properties
        .put("writeLocations", JsonArray.of(all.getValue(0)))
        .put("readLocations", all)
        .put("locations", all)
        .put(
            "keysMetadata",
            new JsonObject()
                .put("primaryMasterKey", generated(KeyKind.PRIMARY))
                .put("secondaryMasterKey", generated(KeyKind.SECONDARY))
                .put("primaryReadonlyMasterKey", generated(KeyKind.PRIMARY_READONLY))
                .put("secondaryReadonlyMasterKey", generated(KeyKind.SECONDARY_READONLY)));
  }

  private JsonObject location(String region, int priority) {
    return new JsonObject()
        .put("id", name() + "-" + region.toLowerCase(Locale.ROOT).replace(" ", ""))
        .put("locationName", region)
        .put("documentEndpoint", cosmos.endpoint(region).toString())
        .put("provisioningState", "Succeeded")
        .put("failoverPriority", priority)
        .put("isZoneRedundant", false);
  }

  private JsonObject generated(KeyKind kind) {
    return JsonObject.of("generationTime", cosmos.access().generationTime(kind).toString());
  }
}
