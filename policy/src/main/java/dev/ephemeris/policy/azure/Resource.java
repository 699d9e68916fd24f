package dev.ephemeris.policy.azure;

import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.azure.AccountId.Located;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A resource as {@code az} prints it: its properties beside its name, and its own kind of type as
 * {@code typePropertiesType}.
 *
 * <p>Its methods throw IllegalArgumentException, saying what is wrong, if it isn't what they read.
 */
record Resource(Map<?, ?> properties) {
  private static final Set<String> OF_ALL = Set.of("id", "name", "type", "resourceGroup");

  /** What says who wrote it and when, and nothing of what it allows. */
  private static final String SYSTEM_DATA = "systemData";

  private static final Pattern DATABASE_OR_CONTAINER =
      Pattern.compile("/(?i:sqlDatabases)/([^/]+)(?:/(?i:containers)/([^/]+))?");

  RoleDefinition definition() {
    refuseOthers("roleName", "typePropertiesType", "assignableScopes", "permissions");
    Located located = Located.parse(text("id"));
    List<Scope> assignable = new ArrayList<>();
    for (Object scope : list("assignableScopes")) {
      assignable.add(located.account().scope(text(scope, "assignableScopes")));
    }
    return new RoleDefinition(
        located.account(),
        id(located, "sqlRoleDefinitions"),
        text("roleName"),
        builtIn(),
        assignable,
        dataActions());
  }

  RoleAssignment assignment() {
    refuseOthers("principalId", "roleDefinitionId", "scope");
    Located located = Located.parse(text("id"));
    Located definition = Located.parse(text("roleDefinitionId"));
    if (!definition.account().equals(located.account())) {
      throw new IllegalArgumentException("its role is of another account");
    }
    return new RoleAssignment(
        located.account(),
        id(located, "sqlRoleAssignments"),
        guid(text("principalId")),
        id(definition, "sqlRoleDefinitions"),
        located.account().scope(text("scope")));
  }

  /** Where a database or container is; what it is like isn't read. */
  Scope databaseOrContainer() {
    Located located = Located.parse(text("id"));
    Matcher matcher = DATABASE_OR_CONTAINER.matcher(located.path());
    if (!matcher.matches()) {
      throw new IllegalArgumentException("its id is of no database or container");
    }
    return new Scope(
        located.account().account(),
        Optional.of(matcher.group(1)),
        Optional.ofNullable(matcher.group(2)));
  }

  String lowerCaseId() {
    return text("id").toLowerCase(Locale.ROOT);
  }

  String text(String property) {
    return text(properties.get(property), property);
  }

  private boolean builtIn() {
    return switch (text("typePropertiesType")) {
      case "BuiltInRole" -> true;
      case "CustomRole" -> false;
      default ->
          throw new IllegalArgumentException("expected BuiltInRole or CustomRole as its own type");
    };
  }

  private SortedSet<String> dataActions() {
    SortedSet<String> actions = new TreeSet<>();
    for (Object value : list("permissions")) {
      if (!(value instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("expected objects as permissions");
      }
      Resource permission = new Resource(map);
      permission.refuseOthers("dataActions", "notDataActions");
      if (!permission.list("notDataActions").isEmpty()) {
        // https://learn.microsoft.com/azure/cosmos-db/reference-data-plane-security: not supported.
        throw new IllegalArgumentException("it has notDataActions, which a policy has no word for");
      }
      for (Object action : permission.list("dataActions")) {
        actions.add(text(action, "dataActions"));
      }
    }
    return actions;
  }

  private void refuseOthers(String... known) {
    for (Map.Entry<?, ?> property : properties.entrySet()) {
      Object name = property.getKey();
      if (property.getValue() != null
          && !OF_ALL.contains(name)
          && !name.equals(SYSTEM_DATA)
          && !List.of(known).contains(name)) {
        throw new IllegalArgumentException("its property '" + name + "' isn't known here");
      }
    }
  }

  /** A list; none is as good as an empty one. */
  private List<?> list(String property) {
    return switch (properties.get(property)) {
      case null -> List.of();
      case List<?> list -> list;
      default -> throw new IllegalArgumentException("expected a list as " + property);
    };
  }

  private static String text(@Nullable Object value, String property) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("expected text as " + property);
  }

  private static UUID id(Located located, String kind) {
    String path = located.path();
    String start = "/" + kind + "/";
    if (!path.regionMatches(true, 0, start, 0, start.length())) {
      throw new IllegalArgumentException("expected an id of " + kind);
    }
    return guid(path.substring(start.length()));
  }

  private static UUID guid(String text) {
    return Guid.parse(text)
        .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is no GUID"));
  }
}
