package dev.ephemeris.gateway.posture;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.gateway.custody.AccountSettings;
import dev.ephemeris.gateway.custody.AccountSettings.PrivateEndpoint;
import dev.ephemeris.gateway.custody.AccountSettings.PublicNetwork;
import dev.ephemeris.gateway.custody.AzureRead;
import dev.ephemeris.gateway.custody.DiagnosticSetting;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** An account in Azure with which nothing is wrong, until a test says otherwise. */
final class Setup {

  static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  static final ResourceId RESOURCE =
      ResourceId.parse(
          "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/orders/providers/"
              + "Microsoft.DocumentDB/databaseAccounts/orders-prod");

  static final UUID GATEWAY = UUID.fromString("bbbbbbbb-0000-4000-8000-000000000001");
  static final UUID SOMEBODY = UUID.fromString("bbbbbbbb-0000-4000-8000-000000000002");

  private static final AccountId ACCOUNT = AccountId.parse(RESOURCE.toString());

  boolean localAuthDisabled;
  boolean keysChangeMetadata;
  PublicNetwork publicNetwork = PublicNetwork.ENABLED;
  List<String> ipRules = List.of("203.0.113.7");
  boolean virtualNetworkFilter;
  List<String> subnets = List.of();
  List<PrivateEndpoint> privateEndpoints = List.of();
  List<String> bypass = List.of();
  String minimalTls = "Tls12";
  final Map<String, Optional<Instant>> keysMadeAt = new TreeMap<>();
  final List<RoleAssignment> assignments = new ArrayList<>();
  int unreadAssignments;
  List<DiagnosticSetting> diagnosticSettings =
      List.of(
          new DiagnosticSetting("audit", true, Set.of("DataPlaneRequests")),
          new DiagnosticSetting("changes", true, Set.of("ControlPlaneRequests")));
  Optional<AzureRead<AccountSettings>> settingsInstead = Optional.empty();
  Optional<AzureRead<AccountRoles.Listed>> rolesInstead = Optional.empty();
  Optional<AzureRead<List<DiagnosticSetting>>> logsInstead = Optional.empty();

  private Setup(boolean localAuthDisabled) {
    this.localAuthDisabled = localAuthDisabled;
    AccountSettings.KEYS.forEach(key -> keyMade(key, Duration.ofDays(80)));
    assignments.add(assignment(GATEWAY));
  }

  /** As it should be for {@code purpose}. */
  static Setup of(Purpose purpose) {
    return new Setup(!purpose.needsKeys());
  }

  static Purpose proxy() {
    return purpose(true, Lane.PROXY);
  }

  static Purpose proxyByKey() {
    return purpose(false, Lane.PROXY);
  }

  static Purpose token() {
    return purpose(true, Lane.PROXY, Lane.TOKEN);
  }

  static Purpose rbac() {
    return purpose(true, Lane.PROXY, Lane.RBAC);
  }

  static Purpose purpose(boolean byIdentity, Lane... lanes) {
    return new Purpose("orders-prod", RESOURCE, Set.of(lanes), byIdentity, false, Optional.empty());
  }

  static Purpose rotated(Optional<Duration> every) {
    return new Purpose("orders-prod", RESOURCE, Set.of(Lane.PROXY, Lane.TOKEN), true, true, every);
  }

  void keyMade(String key, Duration ago) {
    keysMadeAt.put(key, Optional.of(NOW.minus(ago)));
  }

  void keyMadeLongAgo(String key) {
    keysMadeAt.put(key, Optional.empty());
  }

  static RoleAssignment assignment(UUID principal) {
    return new RoleAssignment(
        ACCOUNT,
        UUID.nameUUIDFromBytes(new byte[] {(byte) principal.hashCode()}),
        principal,
        Role.DATA_READER.azureId().orElseThrow(),
        new Scope("orders-prod", Optional.of("shop"), Optional.empty()));
  }

  Reading reading() {
    return new Reading(
        settingsInstead.orElseGet(() -> new AzureRead.Known<>(settings())),
        rolesInstead.orElseGet(() -> new AzureRead.Known<>(roles())),
        logsInstead.orElseGet(() -> new AzureRead.Known<>(diagnosticSettings)),
        Optional.of(GATEWAY),
        NOW);
  }

  private AccountSettings settings() {
    return new AccountSettings(
        localAuthDisabled,
        keysChangeMetadata,
        publicNetwork,
        ipRules,
        virtualNetworkFilter,
        subnets,
        privateEndpoints,
        bypass,
        minimalTls,
        keysMadeAt);
  }

  private AccountRoles.Listed roles() {
    return new AccountRoles.Listed(
        List.of(
            new RoleDefinition(
                ACCOUNT,
                Role.DATA_READER.azureId().orElseThrow(),
                "Cosmos DB Built-in Data Reader",
                true,
                List.of(),
                new TreeSet<>())),
        assignments,
        0,
        unreadAssignments);
  }
}
