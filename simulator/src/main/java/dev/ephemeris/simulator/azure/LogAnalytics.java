package dev.ephemeris.simulator.azure;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** The query API of Log Analytics, for queries whose meaning was told. */
final class LogAnalytics implements Service {

  static final String AUDIENCE = "https://api.loganalytics.io";

  /** The category of diagnostic settings whose table is queried. */
  private static final String CATEGORY = "DataPlaneRequests";

  private static final String TABLE = "CDBDataPlaneRequests";

  private static final String ACTION = "Microsoft.OperationalInsights/workspaces/query/read";

  /** Of one table; a query of another is refused all the same. */
  private static final String ACTION_ON_RESOURCE = "Microsoft.Insights/logs/" + TABLE + "/read";

  private final Grants grants;
  private final Supplier<List<ArmAccount>> accounts;
  private final InstantSource clock;
  private final List<Workspace> workspaces = new CopyOnWriteArrayList<>();

  LogAnalytics(
      Tenant tenant, Grants grants, Supplier<List<ArmAccount>> accounts, InstantSource clock) {
    this.grants = grants;
    this.accounts = accounts;
    this.clock = clock;
    tenant.addResource(AUDIENCE);
  }

  void add(Workspace workspace) {
    workspaces.add(workspace);
  }

  static boolean isMeant(Call call) {
    return call.path().size() > 1
        && call.path().get(0).equals("v1")
        && (call.path().get(1).equals("workspaces") || call.path().get(1).equals("subscriptions"));
  }

  @Override
  public List<String> audiences() {
    return List.of(AUDIENCE);
  }

  @Override
  public Answer answer(Call call, Bearer bearer) {
    if (!(bearer instanceof Bearer.Holder holder)) {
      return Answer.error(401, "InvalidTokenError", "The provided authentication is not valid.");
    }
    var path = call.path();
    if (path.getLast().equals("query") && call.method().equals("POST")) {
      var account = new ArmPath(path.subList(1, path.size() - 1)).account();
      if (account.isPresent() && account.get().below().isEmpty()) {
        return ofAccount(account.get(), call, holder);
      }
    }
    if (path.size() != 4 || !path.getLast().equals("query") || !call.method().equals("POST")) {
      return Answer.notSimulated(call.method() + " /" + String.join("/", path));
    }
    var workspace =
        workspaces.stream().filter(one -> one.customerId().equals(path.get(2))).findFirst();
    if (workspace.isEmpty()) {
      return Answer.error(
          404, "WorkspaceNotFoundError", "The workspace '" + path.get(2) + "' was not found.");
    }
    if (!grants.allow(holder.objectId(), ACTION, workspace.get().id())) {
      return Answer.error(
          403,
          "InsufficientAccessError",
          "The provided credentials have insufficient access to perform the requested operation");
    }
    var body = call.json().orElseGet(JsonObject::new);
    return workspace
        .get()
        .query(body.getString("query", ""))
        .map(query -> Answer.of(200, table(query, rows(query, workspace.get()))))
        .orElseGet(() -> Answer.notSimulated("this query"));
  }

  /** What an account has in whichever workspaces, for who may read the account's logs. */
  private Answer ofAccount(ArmPath.OfAccount named, Call call, Bearer.Holder holder) {
    if (!grants.allow(holder.objectId(), ACTION_ON_RESOURCE, named.id())) {
      return Answer.error(
          403,
          "InsufficientAccessError",
          "The provided credentials have insufficient access to perform the requested operation");
    }
    var kql = call.json().orElseGet(JsonObject::new).getString("query", "");
    for (var workspace : workspaces) {
      var query = workspace.query(kql);
      if (query.isPresent()) {
        var account = named.name();
        return Answer.of(
            200,
            table(
                query.get(),
                workspaces.stream()
                    .flatMap(each -> rows(query.get(), each).stream())
                    .filter(row -> row.account().name().equalsIgnoreCase(account))
                    .toList()));
      }
    }
    return Answer.notSimulated("this query");
  }

  private List<LogRow> rows(LogQuery query, Workspace workspace) {
    var from = clock.instant().minus(query.last());
    return accounts.get().stream()
        .filter(account -> account.name().equalsIgnoreCase(query.account()))
        .filter(account -> account.logs(CATEGORY, workspace))
        .flatMap(
            account ->
                account.cosmos().requests().stream()
                    .filter(request -> request.at().isAfter(from))
                    .map(request -> new LogRow(account, request)))
        .toList();
  }

  private static JsonObject table(LogQuery query, List<LogRow> rows) {
    var groups = new LinkedHashMap<List<String>, List<Instant>>();
    for (var row : rows) {
      groups
          .computeIfAbsent(
              query.by().stream()
                  .map(column -> query.written().apply(column, row.value(column)))
                  .toList(),
              _ -> new ArrayList<>())
          .add(row.request().at());
    }
    var columns = new JsonArray();
    query.by().forEach(column -> columns.add(column(column, "string")));
    columns
        .add(column("Requests", "long"))
        .add(column("Last", "datetime"))
        .add(column("First", "datetime"));
    var values = new JsonArray();
    groups.forEach(
        (by, times) -> {
          var row = new JsonArray(new ArrayList<>(by));
          row.add(times.size())
              .add(times.stream().max(Comparator.naturalOrder()).map(Instant::toString).orElse(""))
              .add(times.stream().min(Comparator.naturalOrder()).map(Instant::toString).orElse(""));
          values.add(row);
        });
    return JsonObject.of(
        "tables",
        JsonArray.of(JsonObject.of("name", "PrimaryResult", "columns", columns, "rows", values)));
  }

  private static JsonObject column(String name, String type) {
    return JsonObject.of("name", name, "type", type);
  }
}
