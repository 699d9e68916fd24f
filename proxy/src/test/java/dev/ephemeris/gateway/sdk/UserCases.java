package dev.ephemeris.gateway.sdk;

import static dev.ephemeris.gateway.sdk.JavaAnswers.item;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.models.CosmosPermissionProperties;
import com.azure.cosmos.models.CosmosPermissionRequestOptions;
import com.azure.cosmos.models.CosmosPermissionResponse;
import com.azure.cosmos.models.CosmosResponse;
import com.azure.cosmos.models.CosmosUserProperties;
import com.azure.cosmos.models.PermissionMode;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** On users and their permissions: {@code reader} may read orders at first. */
final class UserCases {

  private final Map<String, Case> cases = new HashMap<>();

  private UserCases() {
    users();
    permissions();
  }

  static Map<String, Case> all() {
    return new UserCases().cases;
  }

  private void users() {
    cases.put(
        "create-user",
        at ->
            JavaAnswers.resource(
                at.database().createUser(new CosmosUserProperties().setId("new"))));
    cases.put(
        "list-users", at -> JavaAnswers.resources(at.database().readAllUsers().iterableByPage()));
    cases.put("read-user", at -> JavaAnswers.resource(at.database().getUser("reader").read()));
    cases.put(
        "upsert-user",
        at ->
            JavaAnswers.resource(
                at.database().upsertUser(new CosmosUserProperties().setId("new"))));
    cases.put("delete-user", at -> JavaAnswers.resource(at.database().getUser("reader").delete()));
  }

  private void permissions() {
    cases.put(
        "create-permission",
        at ->
            resource(
                at.user("reader")
                    .createPermission(
                        new CosmosPermissionProperties()
                            .setId("members")
                            .setContainerName("members")
                            .setPermissionMode(PermissionMode.ALL)
                            .setResourcePartitionKey(ItemCases.C1),
                        null)));
    cases.put(
        "list-permissions",
        at -> JavaAnswers.resources(at.user("reader").readAllPermissions().byPage().toIterable()));
    cases.put("read-permission", at -> resource(permission(at)));
    cases.put(
        "delete-permission",
        at -> resource(at.user("reader").getPermission("orders").delete(null)));
    cases.put(
        "replace-permission",
        at ->
            resource(
                at.user("reader")
                    .getPermission("orders")
                    .replace(
                        read(at).setPermissionMode(PermissionMode.ALL),
                        new CosmosPermissionRequestOptions())));
    byPermission(
        "read-item-by-a-permission",
        at -> item(at.orders().readItem("o1", ItemCases.C1, ObjectNode.class)));
    byPermission(
        "read-item-beyond-a-permission",
        at -> item(at.container("members").readItem("m1", ItemCases.C1, ObjectNode.class)));
    byPermission(
        "delete-item-beyond-a-permission",
        at -> {
          var deleted = at.orders().deleteItem("o1", ItemCases.C1, null);
          return JavaAnswers.single(deleted.getStatusCode(), deleted.getResponseHeaders(), null);
        });
  }

  private static Mono<CosmosPermissionResponse> permission(Place at) {
    return at.user("reader").getPermission("orders").read(new CosmosPermissionRequestOptions());
  }

  private static <T> JsonNode resource(Mono<? extends CosmosResponse<T>> response) {
    return JavaAnswers.resource(Objects.requireNonNull(response.block()));
  }

  private static CosmosPermissionProperties read(Place at) {
    return Objects.requireNonNull(permission(at).block()).getProperties();
  }

  private void byPermission(String operation, Case found) {
    cases.put(
        operation,
        at -> {
          try (CosmosClient reader = JavaSdk.newClient(at.target().by(read(at).getToken()))) {
            return found.run(new Place(at.target(), reader));
          }
        });
  }
}
