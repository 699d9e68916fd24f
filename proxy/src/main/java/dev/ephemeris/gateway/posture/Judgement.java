package dev.ephemeris.gateway.posture;

import static dev.ephemeris.gateway.doctor.Finding.State.PROBLEM;
import static dev.ephemeris.gateway.doctor.Finding.State.WARNING;
import static java.util.stream.Collectors.joining;

import dev.ephemeris.gateway.custody.AccountRoles;
import dev.ephemeris.gateway.custody.AccountSettings;
import dev.ephemeris.gateway.custody.AccountSettings.PrivateEndpoint;
import dev.ephemeris.gateway.custody.AccountSettings.PublicNetwork;
import dev.ephemeris.gateway.custody.AzureRead;
import dev.ephemeris.gateway.custody.DiagnosticSetting;
import dev.ephemeris.gateway.doctor.Finding.State;
import dev.ephemeris.gateway.posture.Finding.Code;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** From what was read of an account, and what it is for, to what is to be said. Pure. */
final class Judgement {

  /** How old a key may be that nobody turns over by schedule. */
  private static final Duration OLDEST_KEY = Duration.ofDays(90);

  /** How long a scheduled rotation may take, and wait for its turn. */
  private static final Duration ROTATION_TAKES = Duration.ofDays(7);

  /** Azure's own words for all addresses within its datacentres, anybody's. */
  private static final String ALL_OF_AZURE = "0.0.0.0";

  /** A range that is wider is hardly one's own. */
  private static final int WIDEST_PREFIX = 16;

  private static final Set<String> WEAK_TLS = Set.of("Tls", "Tls11");

  private final Purpose purpose;
  private final Predicate<RoleAssignment> own;
  private final Fixes fixes;
  private final List<Finding> findings = new ArrayList<>();

  private Judgement(Purpose purpose, Predicate<RoleAssignment> own) {
    this.purpose = purpose;
    this.own = own;
    this.fixes = new Fixes(purpose.resource());
  }

  /**
   * @param own which assignments the gateway has made for leases
   */
  static Posture of(Purpose purpose, Reading reading, Predicate<RoleAssignment> own) {
    Judgement judgement = new Judgement(purpose, own);
    judgement.settings(reading);
    judgement.roles(reading);
    judgement.logs(reading);
    judgement.findings.sort(Comparator.comparing(Finding::state).reversed());
    return new Posture(
        purpose.account(),
        purpose.lanes(),
        reading.at(),
        judgement.findings,
        List.of(
            "Who may list keys or change the account by roles of Azure's own isn't read; “az role"
                + " assignment list --include-inherited --scope "
                + purpose.resource()
                + "” tells.",
            "Whose the addresses, networks and principals are that are let in isn't known here."));
  }

  // --- how it is set up --------------------------------------------------------------------------

  private void settings(Reading reading) {
    switch (reading.settings()) {
      case AzureRead.Known<AccountSettings>(AccountSettings settings) -> {
        localAuth(settings);
        keys(settings, reading.at());
        network(settings);
        bypass(settings);
        tls(settings);
      }
      case AzureRead.Unknown<AccountSettings> unknown ->
          notKnown(
              Code.SETTINGS_NOT_KNOWN,
              unknown,
              "Local authentication, network, firewall, keys' age and TLS of the account");
    }
  }

  private void localAuth(AccountSettings settings) {
    if (settings.localAuthDisabled()) {
      if (purpose.needsKeys()) {
        add(
            Code.LOCAL_AUTH_NEEDED,
            PROBLEM,
            "The account refuses keys and resource tokens (disableLocalAuth), and the gateway goes"
                + " by keys there.",
            purpose.lanes().contains(Lane.TOKEN)
                ? "The lane token can't work: its tokens are signed with keys. Take the lane from"
                    + " the account in the configuration, which is best, or have keys accepted."
                : "The lane proxy can't work. Give the account an identity in the configuration,"
                    + " which is best, or have keys accepted.",
            fixes.localAuth(false));
      }
      return;
    }
    if (!purpose.needsKeys()) {
      add(
          Code.LOCAL_AUTH,
          PROBLEM,
          "The account accepts keys, and none of its lanes (" + lanes() + ") needs them.",
          "Whoever has a key comes past the gateway, to all of the account: no policy, no lease, no"
              + " journal.",
          fixes.localAuth(true));
    } else if (!purpose.lanes().contains(Lane.TOKEN)) {
      add(
          Code.LOCAL_AUTH,
          WARNING,
          "The account accepts keys, and the gateway goes by one where an identity would do.",
          "Whoever has a key comes past the gateway. Give the account an identity in the"
              + " configuration first; then no lane needs keys.",
          fixes.localAuth(true));
    }
  }

  private void keys(AccountSettings settings, Instant now) {
    if (settings.localAuthDisabled()) {
      return;
    }
    if (settings.keysChangeMetadata()) {
      add(
          Code.KEYS_CHANGE_METADATA,
          WARNING,
          "Keys can make and delete databases, containers and scripts.",
          "Whoever has a key can delete what holds the data, and no lock of Azure's keeps them from"
              + " it."
              + (purpose.lanes().contains(Lane.PROXY) && !purpose.byIdentity()
                  ? " So can roles of the policy that name such actions, by the gateway's key: they"
                      + " can't any more then."
                  : "")
              + (purpose.lanes().contains(Lane.TOKEN)
                  ? " It isn't known whether the gateway can still make users and permissions for"
                      + " the lane token then; try it where it does no harm."
                  : ""),
          fixes.noMetadataByKeys());
    }
    Duration oldest =
        purpose.rotateEvery().map(every -> every.plus(ROTATION_TAKES)).orElse(OLDEST_KEY);
    List<String> old =
        AccountSettings.KEYS.stream()
            .filter(
                key ->
                    madeAt(settings, key)
                        .orElse(AccountSettings.KEYS_SAID_SINCE)
                        .plus(oldest)
                        .isBefore(now))
            .toList();
    if (!old.isEmpty()) {
      add(
          Code.KEY_AGE,
          WARNING,
          old.stream()
              .map(
                  key ->
                      key
                          + ": "
                          + madeAt(settings, key)
                              .map(Object::toString)
                              .orElse("before " + AccountSettings.KEYS_SAID_SINCE))
              .collect(joining(", ", "Keys older than " + oldest.toDays() + " days: ", ".")),
          "Nobody knows who has seen a key by now. "
              + (purpose.rotates()
                  ? "The gateway turns all of them over, and does it again by itself with"
                      + " rotateEvery; the first time with --cut-off-others, as whoever else has"
                      + " one is cut off."
                  : "Whoever has one is cut off by it; the gateway too, if its keyFile holds the"
                      + " key: put the other one there first."),
          purpose.rotates() ? fixes.rotate() : fixes.regenerate(old));
    }
  }

  private static Optional<Instant> madeAt(AccountSettings settings, String key) {
    return settings.keysMadeAt().getOrDefault(key, Optional.empty());
  }

  private void tls(AccountSettings settings) {
    if (WEAK_TLS.contains(settings.minimalTls())) {
      add(
          Code.TLS,
          WARNING,
          "The account accepts TLS below 1.2 (minimalTlsVersion: " + settings.minimalTls() + ").",
          "Old versions of TLS can be broken into; no SDK of today needs them.",
          fixes.tls());
    }
  }

  // --- who reaches it ----------------------------------------------------------------------------

  private void network(AccountSettings settings) {
    switch (settings.publicNetwork()) {
      case ENABLED -> {
        if (isShut(settings)) {
          shut(settings);
        } else {
          firewall(settings);
        }
      }
      case DISABLED -> shut(settings);
      case SECURED_BY_PERIMETER, OTHER ->
          add(
              Code.NETWORK_NOT_KNOWN,
              WARNING,
              settings.publicNetwork() == PublicNetwork.SECURED_BY_PERIMETER
                  ? "A network security perimeter says who reaches the account; it isn't read here."
                  : "Azure's publicNetworkAccess is something that isn't known here.",
              "See there that " + whoHasToReachIt() + " may, and nobody else.",
              List.of());
    }
    for (PrivateEndpoint endpoint : settings.privateEndpoints()) {
      if (endpoint.status().equals("Pending")) {
        add(
            Code.PENDING_ENDPOINT,
            WARNING,
            "Somebody asks for a private endpoint: " + endpoint.id() + ".",
            "Once it is approved, whoever is in its network reaches the account past the firewall."
                + " Reject it if you don't know whose it is.",
            fixes.answer(endpoint.id()));
      }
    }
  }

  /** Whether the filter is on and lets nobody through. */
  private static boolean isShut(AccountSettings settings) {
    return settings.virtualNetworkFilter()
        && settings.subnets().isEmpty()
        && settings.ipRules().isEmpty();
  }

  private void shut(AccountSettings settings) {
    if (settings.privateEndpoints().stream().noneMatch(PrivateEndpoint::isApproved)) {
      add(
          Code.UNREACHABLE,
          PROBLEM,
          "The account has no public network and no private endpoint that is approved.",
          "Nobody reaches it, the gateway neither.",
          fixes.privateEndpoint());
    } else if (purpose.isDirect()) {
      add(
          Code.PRIVATE_TO_CLIENTS,
          WARNING,
          "The account is reached by private endpoints only, and its lanes are " + lanes() + ".",
          "In the lanes token and rbac clients reach the account themselves: they work only within"
              + " the endpoints' networks. If nobody is there, take the lanes from the account in"
              + " the configuration.",
          List.of());
    }
  }

  private void firewall(AccountSettings settings) {
    State state = purpose.isDirect() ? WARNING : PROBLEM;
    List<String> ipRules = settings.ipRules();
    boolean filters = !ipRules.isEmpty() || settings.virtualNetworkFilter();
    if (!filters || ipRules.stream().anyMatch(rule -> rule.endsWith("/0"))) {
      add(
          Code.PUBLIC_NETWORK,
          state,
          "Any address reaches the account"
              + (settings.subnets().isEmpty() || filters
                  ? "."
                  : ": it has rules for subnets, and doesn't go by them"
                      + " (isVirtualNetworkFilterEnabled)."),
          "Only "
              + whoHasToReachIt()
              + (purpose.isDirect() ? " have" : " has")
              + " to: a stolen key or token is of no use then to anybody else. Best is a private"
              + " endpoint, and no public network; else the firewall.",
          fixes.firewall(List.of()));
      return;
    }
    if (ipRules.contains(ALL_OF_AZURE)) {
      add(
          Code.ALL_OF_AZURE,
          state,
          "Every machine in Azure reaches the account, of whatever subscription (ipRules has "
              + ALL_OF_AZURE
              + ").",
          "Whoever has a key or token needs only a machine there. Let in "
              + whoHasToReachIt()
              + " by address, subnet or private endpoint.",
          fixes.firewall(narrow(ipRules)));
    }
    List<String> wide = ipRules.stream().filter(Judgement::isWide).toList();
    if (!wide.isEmpty()) {
      add(
          Code.WIDE_RANGE,
          WARNING,
          "The firewall lets wide ranges in: " + String.join(", ", wide) + ".",
          "Hardly all of it is yours. Let in " + whoHasToReachIt() + ".",
          fixes.firewall(narrow(ipRules)));
    }
  }

  /** What is left of a firewall if all goes that lets in too much: each line puts that right. */
  private static List<String> narrow(List<String> ipRules) {
    return ipRules.stream().filter(rule -> !rule.equals(ALL_OF_AZURE) && !isWide(rule)).toList();
  }

  /** A range whose width can't be read is as good as wide. */
  private static boolean isWide(String rule) {
    int slash = rule.indexOf('/');
    if (slash < 0) {
      return false;
    }
    String prefix = rule.substring(slash + 1);
    return !prefix.matches("\\d{1,2}") || Integer.parseInt(prefix) < WIDEST_PREFIX;
  }

  private void bypass(AccountSettings settings) {
    if (!settings.bypass().isEmpty()) {
      add(
          Code.FIREWALL_BYPASS,
          WARNING,
          "The firewall doesn't hold for "
              + String.join(", ", settings.bypass())
              + " (networkAclBypass).",
          "Services of Azure's, such as Synapse Link, reach the account whatever the firewall says."
              + " If you use none, there is no need for it.",
          fixes.noBypass());
    }
  }

  // --- whom it lets in besides -------------------------------------------------------------------

  private void roles(Reading reading) {
    switch (reading.roles()) {
      case AzureRead.Known<AccountRoles.Listed>(AccountRoles.Listed listed) -> {
        for (RoleAssignment assignment : listed.assignments()) {
          if (reading.self().filter(assignment.principal()::equals).isEmpty()) {
            assignment(assignment, listed.definitions());
          }
        }
        if (listed.unreadAssignments() > 0) {
          add(
              Code.ROLES_NOT_KNOWN,
              PROBLEM,
              "Some of the account's role assignments can't be read: "
                  + listed.unreadAssignments()
                  + ".",
              "They let somebody in, and it isn't known whom. “az cosmosdb sql role assignment"
                  + " list” tells.",
              List.of());
        }
      }
      case AzureRead.Unknown<AccountRoles.Listed> unknown ->
          notKnown(Code.ROLES_NOT_KNOWN, unknown, "Who has roles in the account");
    }
  }

  private void assignment(RoleAssignment assignment, List<RoleDefinition> definitions) {
    String what =
        "Principal "
            + assignment.principal()
            + " has role “"
            + name(assignment, definitions)
            + "” on "
            + Optional.of(AccountId.path(assignment.scope()))
                .filter(path -> !path.isEmpty())
                .orElse("the whole account");
    if (!own.test(assignment)) {
      add(
          Code.FOREIGN_ASSIGNMENT,
          WARNING,
          what + ", which this gateway hasn't assigned.",
          "They come past the gateway: no policy, no lease, no journal. If they are meant to, such"
              + " as by “policy export”, leave it; else take it away.",
          fixes.unassign(assignment));
    } else if (!purpose.lanes().contains(Lane.RBAC)) {
      add(
          Code.LEFT_ASSIGNMENT,
          PROBLEM,
          what
              + ", which this gateway has assigned, and its configuration has no lane rbac any"
              + " more.",
          "No lease holds it, and nobody takes it away.",
          fixes.unassign(assignment));
    }
  }

  private static String name(RoleAssignment assignment, List<RoleDefinition> definitions) {
    return definitions.stream()
        .filter(definition -> definition.id().equals(assignment.roleDefinition()))
        .map(RoleDefinition::roleName)
        .findFirst()
        .orElse(assignment.roleDefinition().toString());
  }

  // --- what is seen of it ------------------------------------------------------------------------

  private void logs(Reading reading) {
    switch (reading.diagnosticSettings()) {
      case AzureRead.Known<List<DiagnosticSetting>>(List<DiagnosticSetting> settings) -> {
        if (settings.stream().noneMatch(setting -> setting.sends("DataPlaneRequests"))) {
          add(
              Code.DATA_PLANE_LOGS,
              purpose.isDirect() ? PROBLEM : WARNING,
              "No diagnostic setting sends the account's DataPlaneRequests anywhere.",
              purpose.isDirect()
                  ? "What is done in the lanes token and rbac is in Azure's logs only: nobody sees"
                      + " it."
                  : "Who uses keys or roles past the gateway can't be seen.",
              fixes.logs());
        }
        if (settings.stream().noneMatch(setting -> setting.sends("ControlPlaneRequests"))) {
          add(
              Code.CONTROL_PLANE_LOGS,
              WARNING,
              "No diagnostic setting sends the account's ControlPlaneRequests anywhere.",
              "Who changes its firewall, keys and roles can't be seen.",
              fixes.logs());
        }
      }
      case AzureRead.Unknown<List<DiagnosticSetting>> unknown ->
          notKnown(Code.LOGS_NOT_KNOWN, unknown, "Where the account's logs go");
    }
  }

  // -----------------------------------------------------------------------------------------------

  private void notKnown(Code code, AzureRead.Unknown<?> unknown, String what) {
    add(
        code,
        PROBLEM,
        what + " isn't known: " + unknown.why() + ".",
        unknown.isForbidden()
            ? "The gateway's identity at Azure's management (azure.identity) may not read it. It"
                + " needs a role with the rights to."
            : "What isn't known isn't in order. Try again, and look at resourceId in the"
                + " configuration.",
        unknown.isForbidden() ? fixes.rights() : List.of());
  }

  private void add(Code code, State state, String what, String why, List<Fix> lines) {
    findings.add(new Finding(code, state, what, why, lines));
  }

  private String lanes() {
    return purpose.lanes().stream()
        .sorted()
        .map(lane -> lane.name().toLowerCase(Locale.ROOT))
        .collect(joining(", "));
  }

  private String whoHasToReachIt() {
    if (!purpose.isDirect()) {
      return "the gateway";
    }
    return purpose.lanes().contains(Lane.PROXY)
        ? "the gateway and the clients of the other lanes"
        : "clients of its lanes";
  }
}
