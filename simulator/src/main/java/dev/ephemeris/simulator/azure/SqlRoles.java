package dev.ephemeris.simulator.azure;

import dev.ephemeris.simulator.azure.RoleState.Assignment;
import dev.ephemeris.simulator.azure.RoleState.Definition;
import dev.ephemeris.simulator.cosmos.RoleDefinition;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Role definitions and assignments for data, as requests show and change them. Where the service's
 * words aren't known from reports, these are ours.
 */
final class SqlRoles {

  private static final int MOST_DEFINITIONS = 100;
  private static final int MOST_ASSIGNMENTS = 2000;
  private static final String DEFINITIONS = "sqlRoleDefinitions";
  private static final String ASSIGNMENTS = "sqlRoleAssignments";
  private static final Pattern SCOPE = Pattern.compile("/|/dbs/[^/]+(/colls/[^/]+)?");

  private final Tenant tenant;
  private final InstantSource clock;

  SqlRoles(Tenant tenant, InstantSource clock) {
    this.tenant = tenant;
    this.clock = clock;
  }

  /** What a request leads to. */
  sealed interface Change {
    record To(RoleState state) implements Change {}

    record Refused(Answer answer) implements Change {}

    static Change refused(String message) {
      return new Refused(Answer.badRequest(message));
    }
  }

  private RoleState now(ArmAccount account) {
    return account.roles().at(clock.instant());
  }

  Answer definitions(ArmAccount account) {
    return list(
        now(account).definitions().values().stream().map(one -> json(account, one)).toList());
  }

  Answer assignments(ArmAccount account) {
    return list(
        now(account).assignments().values().stream().map(one -> json(account, one)).toList());
  }

  private static Answer list(List<JsonObject> all) {
    return Answer.of(200, JsonObject.of("value", new JsonArray(all)));
  }

  Answer definition(ArmAccount account, String id) {
    return find(account, DEFINITIONS, id)
        .map(found -> Answer.of(200, found))
        .orElseGet(() -> notFound("Role Definition", id));
  }

  Answer assignment(ArmAccount account, String id) {
    return find(account, ASSIGNMENTS, id)
        .map(found -> Answer.of(200, found))
        .orElseGet(() -> notFound("Role Assignment", id));
  }

  /** A definition or assignment as it is shown. */
  Optional<JsonObject> find(ArmAccount account, String kind, String id) {
    var state = now(account);
    return kind.equalsIgnoreCase(DEFINITIONS)
        ? guid(id)
            .flatMap(guid -> Optional.ofNullable(state.definitions().get(guid)))
            .map(found -> json(account, found))
        : guid(id)
            .flatMap(guid -> Optional.ofNullable(state.assignments().get(guid)))
            .map(found -> json(account, found));
  }

  Change writeDefinition(ArmAccount account, String name, Call call) {
    var state = now(account);
    var id = guid(name);
    var properties = call.json().map(body -> body.getJsonObject("properties", new JsonObject()));
    if (id.isEmpty()) {
      return Change.refused("The Role Definition ID [" + name + "] is not a valid GUID.");
    }
    if (properties.isEmpty()) {
      return Change.refused("The request body is not a valid JSON object.");
    }
    var before = Optional.ofNullable(state.definitions().get(id.get()));
    if (before.filter(Definition::builtIn).isPresent()
        || !"CustomRole".equalsIgnoreCase(properties.get().getString("type", "CustomRole"))) {
      return Change.refused("Built-in Role Definitions can't be created or changed.");
    }
    var roleName = properties.get().getString("roleName", "");
    if (roleName.isEmpty()) {
      return Change.refused("The Role Definition's roleName is missing.");
    }
    if (state.definitions().values().stream()
        .anyMatch(one -> !one.id().equals(id.get()) && one.role().name().equals(roleName))) {
      return new Change.Refused( // as reported (bicep #13896)
          Answer.providerError(
              409,
              "Conflict",
              "A Role Definition with the name ["
                  + roleName
                  + "] already exists, please choose a unique name for your new Role Definition."));
    }
    var scopes = new ArrayList<String>();
    for (var given : strings(properties.get().getJsonArray("assignableScopes"))) {
      var scope = scope(account, given);
      if (scope.isEmpty()) {
        return Change.refused(notWithin(given, account));
      }
      scopes.add(scope.get());
    }
    if (scopes.isEmpty()) {
      return Change.refused("A Role Definition needs an assignable scope at least.");
    }
    var dataActions = new ArrayList<String>();
    for (var permission : objects(properties.get().getJsonArray("permissions"))) {
      if (!strings(permission.getJsonArray("notDataActions")).isEmpty()) {
        return new Change.Refused(Answer.notSimulated("notDataActions"));
      }
      dataActions.addAll(strings(permission.getJsonArray("dataActions")));
    }
    if (dataActions.isEmpty()) {
      return Change.refused("A Role Definition needs a data action at least.");
    }
    var unknown = dataActions.stream().filter(one -> !RoleDefinition.isDataAction(one)).findFirst();
    if (unknown.isPresent()) {
      return Change.refused("The data action [" + unknown.get() + "] is not known.");
    }
    if (before.isEmpty()
        && state.definitions().values().stream().filter(one -> !one.builtIn()).count()
            >= MOST_DEFINITIONS) {
      return Change.refused(
          "There are " + MOST_DEFINITIONS + " Role Definitions, as many as an account can have.");
    }
    return new Change.To(
        state.with(
            new Definition(id.get(), false, new RoleDefinition(roleName, dataActions), scopes)));
  }

  Change deleteDefinition(ArmAccount account, String name) {
    var state = now(account);
    var found = guid(name).flatMap(id -> Optional.ofNullable(state.definitions().get(id)));
    if (found.isEmpty()) {
      return new Change.Refused(Answer.empty(204));
    }
    if (found.get().builtIn()) {
      return Change.refused("Built-in Role Definitions can't be deleted.");
    }
    if (state.isAssigned(found.get().id())) {
      return Change.refused(
          "The Role Definition ["
              + name
              + "] can't be deleted while Role Assignments refer to it.");
    }
    return new Change.To(state.withoutDefinition(found.get().id()));
  }

  Change writeAssignment(ArmAccount account, String name, Call call) {
    var state = now(account);
    var id = guid(name);
    var properties = call.json().map(body -> body.getJsonObject("properties", new JsonObject()));
    if (id.isEmpty()) {
      return Change.refused("The Role Assignment ID [" + name + "] is not a valid GUID.");
    }
    if (properties.isEmpty()) {
      return Change.refused("The request body is not a valid JSON object.");
    }
    var principal = properties.get().getString("principalId", "");
    if (guid(principal).isEmpty()) {
      return Change.refused("The principal ID [" + principal + "] is not a valid GUID.");
    }
    if (!tenant.has(principal)) {
      return Change.refused(
          "The provided principal ID ["
              + principal
              + "] was not found in the AAD tenant(s) ["
              + tenant.id()
              + "] which are associated with the customer's subscription.");
    }
    var definitionId = properties.get().getString("roleDefinitionId", "");
    var definition =
        below(account, definitionId)
            .filter(rest -> rest.toLowerCase(Locale.ROOT).startsWith("/sqlroledefinitions/"))
            .flatMap(rest -> guid(rest.substring(rest.lastIndexOf('/') + 1)))
            .flatMap(guid -> Optional.ofNullable(state.definitions().get(guid)));
    if (definition.isEmpty()) {
      return Change.refused("The Role Definition [" + definitionId + "] does not exist.");
    }
    var given = properties.get().getString("scope", "");
    var scope = scope(account, given);
    if (scope.isEmpty()) {
      return Change.refused(notWithin(given, account));
    }
    if (definition.get().scopes().stream().noneMatch(one -> holds(one, scope.get()))) {
      return Change.refused(
          "The scope ["
              + given
              + "] is not within the assignable scopes of the Role Definition ["
              + definition.get().id()
              + "].");
    }
    return writeAssignment(
        state, new Assignment(id.get(), definition.get().id(), principal, scope.get()));
  }

  private static Change writeAssignment(RoleState state, Assignment next) {
    var before = state.assignments().get(next.id());
    if (before != null && !before.scope().equals(next.scope())) {
      return Change.refused("Updating SQL Role Assignment Scope is not permitted.");
    }
    if (before != null && !before.principalId().equalsIgnoreCase(next.principalId())) {
      return Change.refused("Updating SQL Role Assignment Principal ID is not permitted.");
    }
    if (state.assignments().values().stream()
        .anyMatch(one -> !one.id().equals(next.id()) && one.isLike(next))) {
      return new Change.Refused(
          Answer.providerError(
              409,
              "Conflict",
              "A Role Assignment with the same principal, scope and Role Definition already"
                  + " exists."));
    }
    if (before == null && state.assignments().size() >= MOST_ASSIGNMENTS) {
      return Change.refused(
          "There are " + MOST_ASSIGNMENTS + " Role Assignments, as many as an account can have.");
    }
    return new Change.To(state.with(next));
  }

  Change deleteAssignment(ArmAccount account, String name) {
    var state = now(account);
    return guid(name)
        .filter(state.assignments()::containsKey)
        .<Change>map(id -> new Change.To(state.withoutAssignment(id)))
        .orElseGet(() -> new Change.Refused(Answer.empty(204)));
  }

  private static JsonObject json(ArmAccount account, Definition definition) {
    return resource(account, DEFINITIONS, definition.id())
        .put(
            "properties",
            new JsonObject()
                .put("roleName", definition.role().name())
                .put("type", definition.builtIn() ? "BuiltInRole" : "CustomRole")
                .put(
                    "assignableScopes",
                    new JsonArray(
                        definition.scopes().stream().map(scope -> full(account, scope)).toList()))
                .put(
                    "permissions",
                    JsonArray.of(
                        JsonObject.of(
                            "dataActions",
                            new JsonArray(definition.role().dataActions()),
                            "notDataActions",
                            new JsonArray()))));
  }

  private static JsonObject json(ArmAccount account, Assignment assignment) {
    return resource(account, ASSIGNMENTS, assignment.id())
        .put(
            "properties",
            new JsonObject()
                .put(
                    "roleDefinitionId",
                    account.id() + "/" + DEFINITIONS + "/" + assignment.definition())
                .put("principalId", assignment.principalId())
                .put("scope", full(account, assignment.scope())));
  }

  private static JsonObject resource(ArmAccount account, String kind, UUID id) {
    return new JsonObject()
        .put("id", account.id() + "/" + kind + "/" + id)
        .put("name", id.toString())
        .put("type", ArmAccount.TYPE + "/" + kind);
  }

  /** A scope of the data plane's in full. */
  private static String full(ArmAccount account, String scope) {
    return scope.equals("/") ? account.id() : account.id() + scope;
  }

  /** A full scope in the data plane's form; empty if it is none of this account. */
  private static Optional<String> scope(ArmAccount account, String full) {
    return below(account, full)
        .map(rest -> rest.isEmpty() ? "/" : rest)
        .filter(scope -> SCOPE.matcher(scope).matches());
  }

  /** What stands behind the account's id, which is compared in any case. */
  private static Optional<String> below(ArmAccount account, String full) {
    var id = account.id();
    var rest = full.regionMatches(true, 0, id, 0, id.length()) ? full.substring(id.length()) : "-";
    return rest.isEmpty() || rest.startsWith("/") ? Optional.of(rest) : Optional.empty();
  }

  private static boolean holds(String outer, String inner) {
    return outer.equals("/") || inner.equals(outer) || inner.startsWith(outer + "/");
  }

  private static String notWithin(String scope, ArmAccount account) {
    return "The scope [" + scope + "] is not at or below the account [" + account.id() + "].";
  }

  private static Answer notFound(String what, String id) {
    return Answer.providerError(
        404, "NotFound", "The " + what + " with ID [" + id + "] was not found.");
  }

  private static Optional<UUID> guid(String text) {
    try {
      var guid = UUID.fromString(text);
      // Java takes shorter ones too.
      return guid.toString().equalsIgnoreCase(text) ? Optional.of(guid) : Optional.empty();
    } catch (IllegalArgumentException notAGuid) {
      return Optional.empty();
    }
  }

  private static List<String> strings(@Nullable JsonArray array) {
    return array == null ? List.of() : array.stream().map(String::valueOf).toList();
  }

  private static List<JsonObject> objects(@Nullable JsonArray array) {
    return array == null
        ? List.of()
        : array.stream().filter(JsonObject.class::isInstance).map(JsonObject.class::cast).toList();
  }
}
