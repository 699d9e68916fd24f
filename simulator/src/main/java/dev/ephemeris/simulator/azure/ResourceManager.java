package dev.ephemeris.simulator.azure;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Azure Resource Manager, as far as accounts of Cosmos DB go: who may do what, and what is done.
 */
final class ResourceManager implements Service {

  /** The one version that azure-resourcemanager-cosmos 2.54.0 asks for. */
  static final String API_VERSION = "2025-10-15";

  private static final String SKIP_TOKEN = "$skiptoken";
  private static final String ESCAPED_SKIP_TOKEN = "%24skiptoken"; // as Azure writes its links

  private static final List<String> AUDIENCES =
      List.of(
          "https://management.core.windows.net/",
          "https://management.core.windows.net",
          Tenant.MANAGEMENT + "/",
          Tenant.MANAGEMENT);

  private final Tenant tenant;
  private final Grants grants;
  private final Operations operations;
  private final SqlRoles roles;
  private final InstantSource clock;
  private final List<ArmAccount> accounts = new CopyOnWriteArrayList<>();
  private volatile Delays delays = Delays.NONE;
  private volatile int pageSize = Integer.MAX_VALUE;

  ResourceManager(Tenant tenant, Grants grants, InstantSource clock) {
    this.tenant = tenant;
    this.grants = grants;
    this.operations = new Operations(clock);
    this.roles = new SqlRoles(tenant, clock);
    this.clock = clock;
  }

  void add(ArmAccount account) {
    accounts.add(account);
  }

  void remove(ArmAccount account) {
    accounts.remove(account);
  }

  List<ArmAccount> accounts() {
    return accounts;
  }

  void delays(Delays next) {
    delays = next;
  }

  void pageSize(int next) {
    pageSize = next;
  }

  @Override
  public List<String> audiences() {
    return Stream.concat(AUDIENCES.stream(), Stream.of(tenant.own())).toList();
  }

  @Override
  public Answer answer(Call call, Bearer bearer) {
    if (!(bearer instanceof Bearer.Holder holder)) {
      return unauthenticated(bearer);
    }
    var path = new ArmPath(call.path());
    var version =
        path.account()
            .flatMap(named -> AccountRoute.of(call.method(), named.below()))
            .map(AccountRoute::apiVersion)
            .orElse(API_VERSION);
    return wrongVersion(call, version).orElseGet(() -> authenticated(call, path, holder));
  }

  private Answer authenticated(Call call, ArmPath path, Bearer.Holder holder) {
    if (call.method().equals("GET")) {
      var status = path.operationStatus();
      if (status.isPresent()) {
        return operations
            .find(status.get())
            .map(this::status)
            .orElseGet(ResourceManager::noOperation);
      }
      var result = path.operationResult();
      if (result.isPresent()) {
        return operations
            .find(result.get())
            .map(operation -> result(operation, call))
            .orElseGet(ResourceManager::noOperation);
      }
      var subscription = path.accountsOfSubscription();
      if (subscription.isPresent()) {
        var id = "/subscriptions/" + subscription.get();
        return refusal(holder, AccountRoute.READ, id)
            .orElseGet(() -> list(call, account -> account.isIn(subscription.get())));
      }
      var group = path.accountsOfGroup();
      if (group.isPresent()) {
        return refusal(holder, AccountRoute.READ, group.get().id())
            .orElseGet(() -> list(call, account -> account.isIn(group.get())));
      }
    }
    return path.account()
        .map(named -> account(call, named, holder))
        .orElseGet(() -> notSimulated(call));
  }

  /** Resource Manager's own way to go on, which the provider's specification doesn't speak of. */
  private Answer list(Call call, Predicate<ArmAccount> filter) {
    var all = accounts.stream().filter(filter).toList();
    var token = call.parameter(SKIP_TOKEN);
    if (token.isPresent() && !token.get().matches("[1-9][0-9]{0,5}")) {
      return Answer.badRequest("The $skiptoken is invalid."); // wording not verified
    }
    // Accounts may have gone since: there is nothing left then.
    var from = Math.min(token.map(Integer::parseInt).orElse(0), all.size());
    var to = (int) Math.min((long) from + pageSize, all.size());
    var value = new JsonArray();
    all.subList(from, to).stream().map(ArmAccount::document).forEach(value::add);
    var page = JsonObject.of("value", value);
    if (to < all.size()) {
      page.put(
          "nextLink",
          address("/" + String.join("/", call.path())) + "&" + ESCAPED_SKIP_TOKEN + "=" + to);
    }
    return Answer.of(200, page);
  }

  /** Whether it may be done is asked before whether the account is there. */
  private Answer account(Call call, ArmPath.OfAccount named, Bearer.Holder holder) {
    var route = AccountRoute.of(call.method(), named.below());
    if (route.isEmpty()) {
      return notSimulated(call);
    }
    var refusal = refusal(holder, route.get(), named.id());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    return accounts.stream()
        .filter(account -> account.is(named))
        .findFirst()
        .map(account -> account(call, route.get(), account, named.below()))
        .orElseGet(() -> notFound(named));
  }

  private Answer account(Call call, AccountRoute route, ArmAccount account, List<String> below) {
    return switch (route) {
      case READ -> Answer.of(200, account.document());
      case LIST_KEYS -> Answer.of(200, Keys.all(account));
      case LIST_READ_ONLY_KEYS, READ_READ_ONLY_KEYS -> Answer.of(200, Keys.readOnly(account));
      case REGENERATE_KEY -> regenerate(call, account);
      case LIST_DEFINITIONS -> roles.definitions(account);
      case READ_DEFINITION -> roles.definition(account, below.getLast());
      case LIST_ASSIGNMENTS -> roles.assignments(account);
      case READ_ASSIGNMENT -> roles.assignment(account, below.getLast());
      case WRITE_DEFINITION ->
          change(account, below, roles.writeDefinition(account, below.getLast(), call));
      case DELETE_DEFINITION ->
          change(account, below, roles.deleteDefinition(account, below.getLast()));
      case WRITE_ASSIGNMENT ->
          change(account, below, roles.writeAssignment(account, below.getLast(), call));
      case DELETE_ASSIGNMENT ->
          change(account, below, roles.deleteAssignment(account, below.getLast()));
      case LIST_DIAGNOSTIC_SETTINGS -> Answer.of(200, account.diagnosticSettings());
    };
  }

  private Answer regenerate(Call call, ArmAccount account) {
    var kind = Keys.kind(call);
    if (kind.isEmpty()) {
      return Answer.badRequest("The keyKind is missing or unknown."); // wording not verified
    }
    var takes = delays.regeneration();
    return operations
        .begin(account, account.id() + "/regenerateKey", takes)
        .map(
            operation -> {
              account.cosmos().access().replaceKeyIn(kind.get(), takes);
              return accepted(operation, account, List.of());
            })
        .orElseGet(() -> busy(account));
  }

  private Answer change(ArmAccount account, List<String> below, SqlRoles.Change change) {
    return switch (change) {
      case SqlRoles.Change.Refused(var answer) -> answer;
      case SqlRoles.Change.To(var state) -> {
        var now = delays;
        yield operations
            .begin(account, account.id() + "/" + String.join("/", below), now.roleChange())
            .map(
                operation -> {
                  account.roles().add(state, clock.instant(), operation.end(), now.roleSpread());
                  return accepted(operation, account, below);
                })
            .orElseGet(() -> busy(account));
      }
    };
  }

  /** What takes no time is over when it is answered, which the specification allows. */
  private Answer accepted(Operation operation, ArmAccount account, List<String> below) {
    if (!operations.isRunning(operation)) {
      return result(account, below);
    }
    return waiting(Answer.of(202, Operation.status("Enqueued")))
        .with("azure-asyncoperation", address(operation.statusPath()))
        .with("location", address(operation.resultPath()));
  }

  private Answer status(Operation operation) {
    return operations.isRunning(operation)
        ? waiting(Answer.of(200, Operation.status("Dequeued")))
        : Answer.of(200, Operation.status("Succeeded"));
  }

  /** What the operation was done to, as far as that can be shown. */
  private Answer result(Operation operation, Call call) {
    if (operations.isRunning(operation)) {
      return waiting(Answer.of(202, Operation.status("Dequeued")))
          .with("location", address(operation.resultPath()));
    }
    return new ArmPath(call.path())
        .account()
        .flatMap(
            named ->
                accounts.stream()
                    .filter(account -> account.is(named))
                    .findFirst()
                    .map(
                        account ->
                            result(account, named.below().subList(0, named.below().size() - 2))))
        .orElseGet(() -> Answer.empty(204));
  }

  /** A role as it is now; nothing of one that was deleted, nor of a key, which listKeys shows. */
  private Answer result(ArmAccount account, List<String> below) {
    if (below.size() != 2) {
      return Answer.empty(200);
    }
    return roles
        .find(account, below.getFirst(), below.getLast())
        .map(found -> Answer.of(200, found))
        .orElseGet(() -> Answer.empty(204));
  }

  private Answer waiting(Answer answer) {
    return answer.with("retry-after", Long.toString(delays.retryAfter().toSeconds()));
  }

  private String address(String path) {
    return tenant.authority().resolve(path) + "?api-version=" + API_VERSION;
  }

  private Optional<Answer> refusal(Bearer.Holder holder, AccountRoute route, String id) {
    return grants.allow(holder.objectId(), route.action(), id)
        ? Optional.empty()
        : Optional.of(
            Answer.error(
                403,
                "AuthorizationFailed",
                "The client '"
                    + holder.client()
                    + "' with object id '"
                    + holder.objectId()
                    + "' does not have authorization to perform action '"
                    + route.action()
                    + "' over scope '"
                    + id
                    + "' or the scope is invalid. If access was recently granted, please refresh"
                    + " your credentials."));
  }

  private static Optional<Answer> wrongVersion(Call call, String expected) {
    var version = call.parameter("api-version");
    if (version.isEmpty()) {
      return Optional.of(
          Answer.error(
              400,
              "MissingApiVersionParameter",
              "The api-version query parameter (?api-version=) is required for all requests."));
    }
    return version.get().equals(expected)
        ? Optional.empty()
        : Optional.of(
            Answer.error(
                400,
                "InvalidApiVersionParameter",
                "The api-version '"
                    + version.get()
                    + "' is invalid. The supported versions are '"
                    + expected
                    + "'."));
  }

  private Answer unauthenticated(Bearer bearer) {
    return switch (bearer) {
      case Bearer.Nothing() ->
          unauthenticated(
              "AuthenticationFailed",
              "Authentication failed. The 'Authorization' header is missing.");
      case Bearer.WrongAudience(var audience) ->
          unauthenticated(
              "InvalidAuthenticationTokenAudience",
              "The access token has been obtained for wrong audience or resource '"
                  + audience
                  + "'. It should exactly match with one of the allowed audiences '"
                  + String.join("','", audiences())
                  + "'.");
      case Bearer.WrongTenant(var issuer) ->
          unauthenticated(
              "InvalidAuthenticationTokenTenant",
              "The access token is from the wrong issuer '"
                  + issuer
                  + "'. It must match the tenant '"
                  + tenant.issuer()
                  + "' associated with this subscription.");
      case Bearer.Expired(var end) ->
          unauthenticated(
              "ExpiredAuthenticationToken",
              "The access token expiry UTC time '"
                  + DateTimeFormatter.ISO_INSTANT.format(end)
                  + "' is earlier than current UTC time '"
                  + DateTimeFormatter.ISO_INSTANT.format(clock.instant())
                  + "'.");
      case Bearer.Malformed(), Bearer.Holder _ ->
          unauthenticated("InvalidAuthenticationToken", "The access token is invalid.");
    };
  }

  private Answer unauthenticated(String code, String message) {
    return Answer.error(401, code, message)
        .with(
            "www-authenticate",
            "Bearer authorization_uri=\""
                + tenant.authority()
                + tenant.id()
                + "\", error=\"invalid_token\", error_description=\"The authentication failed.\"");
  }

  // As reported of changes that come too close upon each other (terraform-provider-azurerm #15842).
  private static Answer busy(ArmAccount account) {
    return Answer.providerError(
        412,
        "PreconditionFailed",
        "There is another user operation in progress which requires an exclusive lock on ["
            + account.name()
            + "]. Please retry after sometime.");
  }

  private static Answer notFound(ArmPath.OfAccount named) {
    return Answer.error(
        404,
        "ResourceNotFound",
        "The Resource '"
            + ArmAccount.TYPE
            + "/"
            + named.name()
            + "' under resource group '"
            + named.group().name()
            + "' was not found. For more details please go to"
            + " https://aka.ms/ARMResourceNotFoundFix");
  }

  private static Answer noOperation() {
    return Answer.providerError(404, "NotFound", "There is no such operation."); // not verified
  }

  private static Answer notSimulated(Call call) {
    return Answer.notSimulated(call.method() + " /" + String.join("/", call.path()));
  }
}
