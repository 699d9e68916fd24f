package dev.ephemeris.gateway.custody;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.management.polling.PollResult;
import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.core.util.polling.PollResponse;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.cosmos.fluent.SqlResourcesClient;
import com.azure.resourcemanager.cosmos.fluent.models.SqlRoleAssignmentGetResultsInner;
import com.azure.resourcemanager.cosmos.fluent.models.SqlRoleDefinitionGetResultsInner;
import com.azure.resourcemanager.cosmos.models.Permission;
import com.azure.resourcemanager.cosmos.models.RoleDefinitionType;
import com.azure.resourcemanager.cosmos.models.SqlRoleAssignmentCreateUpdateParameters;
import com.azure.resourcemanager.cosmos.models.SqlRoleDefinitionCreateUpdateParameters;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.azure.AccountId;
import dev.ephemeris.policy.azure.Guid;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Those that Azure Resource Manager has. */
final class AzureRoles implements AccountRoles {

  /** Operations take seconds; Azure's library asks again after half a minute unless it is told. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private static final Duration LONGEST = Duration.ofSeconds(90);

  private static final int NOT_FOUND = 404;

  private final SqlResourcesClient client;
  private final ResourceId resource;
  private final AccountId account;

  AzureRoles(SqlResourcesClient client, ResourceId resource) {
    this.client = client;
    this.resource = resource;
    this.account = AccountId.parse(resource.toString());
  }

  @Override
  public AccountId account() {
    return account;
  }

  @Override
  public Listed list() {
    return asked(
        "list the roles of account “" + account.account() + "”",
        () -> {
          List<RoleDefinition> definitions = new ArrayList<>();
          List<RoleAssignment> assignments = new ArrayList<>();
          int unreadDefinitions = 0;
          for (SqlRoleDefinitionGetResultsInner each :
              client.listSqlRoleDefinitions(resource.resourceGroup(), resource.account())) {
            Optional<RoleDefinition> read = read(each);
            read.ifPresent(definitions::add);
            unreadDefinitions += read.isPresent() ? 0 : 1;
          }
          int unreadAssignments = 0;
          for (SqlRoleAssignmentGetResultsInner each :
              client.listSqlRoleAssignments(resource.resourceGroup(), resource.account())) {
            Optional<RoleAssignment> read = read(each);
            read.ifPresent(assignments::add);
            unreadAssignments += read.isPresent() ? 0 : 1;
          }
          return new Listed(definitions, assignments, unreadDefinitions, unreadAssignments);
        });
  }

  @Override
  public void define(RoleDefinition definition) {
    SqlRoleDefinitionCreateUpdateParameters wanted =
        new SqlRoleDefinitionCreateUpdateParameters()
            .withRoleName(definition.roleName())
            .withType(RoleDefinitionType.CUSTOM_ROLE)
            .withAssignableScopes(definition.assignableScopes().stream().map(this::text).toList())
            .withPermissions(
                List.of(new Permission().withDataActions(List.copyOf(definition.dataActions()))));
    done(
        "make role definition " + definition.id(),
        () ->
            client.beginCreateUpdateSqlRoleDefinition(
                definition.id().toString(), resource.resourceGroup(), resource.account(), wanted));
  }

  @Override
  public void undefine(RoleDefinition definition) {
    gone(
        "remove role definition " + definition.id(),
        () ->
            client.beginDeleteSqlRoleDefinition(
                definition.id().toString(), resource.resourceGroup(), resource.account()));
  }

  @Override
  public void assign(RoleAssignment assignment) {
    SqlRoleAssignmentCreateUpdateParameters wanted =
        new SqlRoleAssignmentCreateUpdateParameters()
            .withPrincipalId(assignment.principal().toString())
            .withRoleDefinitionId(resource + "/sqlRoleDefinitions/" + assignment.roleDefinition())
            .withScope(text(assignment.scope()));
    done(
        "make role assignment " + assignment.id(),
        () ->
            client.beginCreateUpdateSqlRoleAssignment(
                assignment.id().toString(), resource.resourceGroup(), resource.account(), wanted));
  }

  @Override
  public void unassign(RoleAssignment assignment) {
    gone(
        "remove role assignment " + assignment.id(),
        () ->
            client.beginDeleteSqlRoleAssignment(
                assignment.id().toString(), resource.resourceGroup(), resource.account()));
  }

  /** As the configuration spells the account, which may matter to what reads it. */
  private String text(Scope scope) {
    return resource + AccountId.path(scope);
  }

  /** Empty if it is something that isn't known here, and so nothing of the gateway's. */
  private Optional<RoleDefinition> read(SqlRoleDefinitionGetResultsInner read) {
    try {
      List<Permission> permissions = Optional.ofNullable(read.permissions()).orElseGet(List::of);
      SortedSet<String> actions = new TreeSet<>();
      for (Permission permission : permissions) {
        if (permission.notDataActions() != null && !permission.notDataActions().isEmpty()) {
          return Optional.empty();
        }
        actions.addAll(Optional.ofNullable(permission.dataActions()).orElseGet(List::of));
      }
      return Guid.parse(read.name())
          .map(
              id ->
                  new RoleDefinition(
                      account,
                      id,
                      Optional.ofNullable(read.roleName()).orElse(""),
                      read.typePropertiesType() == RoleDefinitionType.BUILT_IN_ROLE,
                      Optional.ofNullable(read.assignableScopes()).orElseGet(List::of).stream()
                          .map(account::scope)
                          .toList(),
                      actions));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<RoleAssignment> read(SqlRoleAssignmentGetResultsInner read) {
    try {
      Optional<RoleAssignment> assignment = Optional.empty();
      String definition = read.roleDefinitionId();
      if (definition == null || read.scope() == null) {
        return Optional.empty();
      }
      var id = Guid.parse(read.name());
      var principal = Guid.parse(read.principalId());
      var role = Guid.parse(definition.substring(definition.lastIndexOf('/') + 1));
      if (id.isPresent() && principal.isPresent() && role.isPresent()) {
        assignment =
            Optional.of(
                new RoleAssignment(
                    account, id.get(), principal.get(), role.get(), account.scope(read.scope())));
      }
      return assignment;
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static <T, U> void done(String what, Supplier<SyncPoller<PollResult<T>, U>> begun) {
    boolean unused = asked(what, () -> complete(what, begun.get()));
  }

  private static <T, U> void gone(String what, Supplier<SyncPoller<PollResult<T>, U>> begun) {
    boolean unused =
        asked(
            what,
            () -> {
              try {
                return complete(what, begun.get());
              } catch (HttpResponseException e) {
                if (status(e) == NOT_FOUND) {
                  return true;
                }
                throw e;
              }
            });
  }

  private static <T, U> boolean complete(String what, SyncPoller<PollResult<T>, U> poller) {
    poller.setPollInterval(BETWEEN_LOOKS);
    PollResponse<PollResult<T>> ended = poller.waitForCompletion(LONGEST);
    if (!LongRunningOperationStatus.SUCCESSFULLY_COMPLETED.equals(ended.getStatus())) {
      PollResult.Error error = ended.getValue() == null ? null : ended.getValue().getError();
      throw new RolesException(
          "Azure Resource Manager was asked to "
              + what
              + ", and it ended as "
              + ended.getStatus()
              + (error == null ? "" : ": " + error.getMessage()),
          false,
          new IllegalStateException("the operation ended otherwise"));
    }
    return true;
  }

  private static <T> T asked(String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (RolesException e) {
      throw e;
    } catch (HttpResponseException e) {
      int status = status(e);
      String code =
          e instanceof ManagementException named && named.getValue() != null
              ? " " + named.getValue().getCode() + ": " + named.getValue().getMessage()
              : "";
      throw new RolesException(
          "Azure Resource Manager was asked to " + what + ", and answered " + status + code,
          isFinal(status),
          e instanceof ManagementException absent && AzureResources.isAbsent(absent),
          e);
    } catch (RuntimeException e) {
      throw new RolesException(
          "Azure Resource Manager was asked to "
              + what
              + ", and didn't answer: "
              + e.getClass().getSimpleName(),
          false,
          e);
    }
  }

  private static int status(HttpResponseException e) {
    return e.getResponse() == null ? 0 : e.getResponse().getStatusCode();
  }

  /** Not for what others can put right: the gateway's rights, its pace, or who else is at work. */
  private static boolean isFinal(int status) {
    return switch (status) {
      case 401, 403, 408, 409, 412, 429 -> false;
      default -> status >= 400 && status < 500;
    };
  }
}
