package dev.ephemeris.gateway.custody;

import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.AzureLogs.LogsException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who is let in to accounts by their keys, or by resource tokens that keys have made, as Azure's
 * logs have it: whoever turns keys over knows whom that cuts off. Thread-safe.
 */
public final class KeyUsers {

  /** As many as anybody looks through. */
  private static final int MOST = 200;

  /** Of those who go on, as they never had a key, and of those who weren't let in. */
  private static final Set<String> WITHOUT_KEY = Set.of("AadToken", "Invalid");

  private final Vertx vertx;
  private final Rotations rotations;
  private final Optional<AzureResources> azure;
  private final InstantSource clock;

  /**
   * @param rotations of the accounts whose keys it is about
   * @param azure needed if there are such
   */
  public KeyUsers(
      Vertx vertx, Rotations rotations, Optional<AzureResources> azure, InstantSource clock) {
    this.vertx = vertx;
    this.rotations = rotations;
    this.azure = azure;
    this.clock = clock;
  }

  /**
   * Requests of one client.
   *
   * @param credential what they were let in by, in Azure's words: {@code PrimaryMasterKey}
   * @param userAgent what the client says that it is; anybody may say anything
   * @param gateway whether it says that it is a gateway of ours
   */
  public record User(
      String credential,
      String address,
      String userAgent,
      boolean gateway,
      long requests,
      Instant firstSeen,
      Instant lastSeen) {}

  /** What is known. */
  public sealed interface Answer {

    /**
     * What the logs have, others before gateways and the latest first.
     *
     * @param complete whether it is all of them, and not only those with the most requests
     */
    record Seen(Instant since, List<User> users, boolean complete) implements Answer {
      public Seen {
        users = List.copyOf(users);
      }
    }

    /** Azure logs no requests of the account's; the advice says how it would. */
    record NotLogged(String advice) implements Answer {}

    /** The gateway doesn't turn this account's keys over. */
    record NotOurs() implements Answer {}

    /** Azure doesn't tell now, or not to us. */
    record Unavailable(String why) implements Answer {}
  }

  /**
   * Who it was.
   *
   * @param days how many to look back
   */
  public Future<Answer> of(String account, int days) {
    return rotations
        .find(account)
        .map(ours -> vertx.executeBlocking(() -> ask(ours.id(), days), false))
        .orElseGet(() -> Future.succeededFuture(new Answer.NotOurs()));
  }

  private Answer ask(ResourceId account, int days) {
    AzureResources resources = azure.orElseThrow();
    switch (resources.account(account).diagnosticSettings()) {
      case AzureRead.Unknown<List<DiagnosticSetting>>(String why, boolean forbidden) -> {
        return new Answer.Unavailable(why);
      }
      case AzureRead.Known<List<DiagnosticSetting>>(List<DiagnosticSetting> settings) -> {
        if (settings.stream()
            .noneMatch(setting -> setting.toWorkspace() && setting.sends("DataPlaneRequests"))) {
          return new Answer.NotLogged(advice(account));
        }
      }
    }
    try {
      List<Map<String, Object>> rows = resources.logs().query(account, query(days));
      return new Answer.Seen(
          clock.instant().minus(Duration.ofDays(days)),
          rows.stream()
              .filter(row -> !WITHOUT_KEY.contains(text(row, "AuthTokenType")))
              .map(KeyUsers::user)
              .sorted(
                  Comparator.comparing(User::gateway)
                      .thenComparing(User::lastSeen, Comparator.reverseOrder()))
              .toList(),
          rows.size() < MOST);
    } catch (LogsException e) {
      return new Answer.Unavailable(Rotations.why(e));
    }
  }

  /**
   * Both of the forms in which workspaces have the requests, whichever there is. In Gateway mode
   * {@code AuthTokenType} says what was shown, in Direct mode {@code KeyType}. A gateway's requests
   * all have user agents of their own, and are one row.
   *
   * @see <a
   *     href="https://learn.microsoft.com/azure/azure-monitor/reference/tables/cdbdataplanerequests">
   *     CDBDataPlaneRequests</a>
   */
  static String query(int days) {
    return """
    union isfuzzy=true
      (CDBDataPlaneRequests
        | project TimeGenerated, StatusCode, AuthTokenType, KeyType, AadPrincipalId, ClientIpAddress,
            UserAgent),
      (AzureDiagnostics
        | where Category == "DataPlaneRequests"
        | project TimeGenerated,
            StatusCode = toint(column_ifexists("statusCode_s", "")),
            AuthTokenType = column_ifexists("authTokenType_s", ""),
            KeyType = column_ifexists("keyType_s", ""),
            AadPrincipalId = column_ifexists("aadPrincipalId_s", ""),
            ClientIpAddress = column_ifexists("clientIpAddress_s", ""),
            UserAgent = column_ifexists("userAgent_s", ""))
    | where TimeGenerated > ago(%dd) and isempty(AadPrincipalId) and StatusCode != 401
    | extend UserAgent = iff(UserAgent contains "ephemeris-lease/", "ephemeris-gateway",
        substring(UserAgent, 0, 200))
    | summarize Requests = count(), First = min(TimeGenerated), Last = max(TimeGenerated)
        by AuthTokenType, KeyType, ClientIpAddress, UserAgent
    | top %d by Requests
    """
        .formatted(days, MOST);
  }

  private static User user(Map<String, Object> row) {
    String shown = text(row, "AuthTokenType");
    String agent = text(row, "UserAgent");
    return new User(
        !shown.isEmpty() ? shown : text(row, "KeyType"),
        text(row, "ClientIpAddress"),
        agent,
        agent.equals("ephemeris-gateway"),
        row.get("Requests") instanceof Number requests ? requests.longValue() : 0,
        instant(text(row, "First")),
        instant(text(row, "Last")));
  }

  private static String text(Map<String, Object> row, String column) {
    return row.get(column) instanceof String text ? text : "";
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  private static String advice(ResourceId account) {
    return "Azure logs no requests for the data of “"
        + account.account()
        + "”, so nobody knows who uses its keys. Have it do so, and look again after a while that"
        + " is long enough: az monitor diagnostic-settings create --name requests --resource "
        + account
        + " --workspace WORKSPACE --export-to-resource-specific true --logs"
        + " '[{\"category\":\"DataPlaneRequests\",\"enabled\":true}]'";
  }
}
