package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.cosmos.Credential;
import dev.ephemeris.simulator.cosmos.DataPlaneRequest;
import dev.ephemeris.simulator.cosmos.KeyKind;

/**
 * A request as a row of {@code CDBDataPlaneRequests}, whose columns are spelt as in Microsoft's
 * table reference. The names of kinds of tokens are those of azure-cosmos ({@code
 * AuthorizationTokenType}).
 */
record LogRow(ArmAccount account, DataPlaneRequest request) {

  /** What a column says; empty where it has nothing to say. */
  String value(String column) {
    return switch (column) {
      case "AccountName" -> account.name();
      case "ActivityId" -> request.activityId();
      case "TimeGenerated" -> request.at().toString();
      case "OperationName" -> request.operation();
      case "StatusCode" -> Integer.toString(request.statusCode());
      case "UserAgent" -> request.userAgent();
      case "ClientIpAddress" -> request.clientAddress();
      case "DatabaseName" -> part(2);
      case "CollectionName" -> part(4);
      case "AuthTokenType" -> tokenType();
      // Of Direct mode, which there is none of here.
      case "KeyType" -> "";
      case "AadPrincipalId" ->
          request.credential() instanceof Credential.Entra(var principal) ? principal : "";
      case "ResourceTokenUserRid" -> source(true);
      case "ResourceTokenPermissionId" -> source(false);
      default -> throw new IllegalArgumentException("no column " + column + " is simulated");
    };
  }

  private String part(int at) {
    var parts = request.scope().split("/", -1);
    return parts.length > at ? parts[at] : "";
  }

  private String tokenType() {
    return switch (request.credential()) {
      case Credential.Key(var kind) -> name(kind);
      case Credential.ResourceToken _ -> "ResourceToken";
      case Credential.Entra _ -> "AadToken";
      case Credential.Unknown() -> "Invalid";
    };
  }

  private static String name(KeyKind kind) {
    return switch (kind) {
      case PRIMARY -> "PrimaryMasterKey";
      case SECONDARY -> "SecondaryMasterKey";
      case PRIMARY_READONLY -> "PrimaryReadonlyMasterKey";
      case SECONDARY_READONLY -> "SecondaryReadonlyMasterKey";
    };
  }

  private String source(boolean user) {
    return request.credential() instanceof Credential.ResourceToken(var source)
        ? source.map(from -> user ? from.userRid() : from.permissionId()).orElse("")
        : "";
  }
}
