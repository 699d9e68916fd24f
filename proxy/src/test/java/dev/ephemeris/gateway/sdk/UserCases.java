package dev.ephemeris.gateway.sdk;

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
    cases.put("read-item-by-a-permission", UserCases::readByPermission);
  }

  private static Mono<CosmosPermissionResponse> permission(Place at) {
    return at.user("reader").getPermission("orders").read(new CosmosPermissionRequestOptions());
  }

  private static <T> JsonNode resource(Mono<? extends CosmosResponse<T>> response) {
    return JavaAnswers.resource(Objects.requireNonNull(response.block()));
  }

  private static JsonNode readByPermission(Place at) {
    String token = Objects.requireNonNull(permission(at).block()).getProperties().getToken();
    try (CosmosClient reader = JavaSdk.newClient(at.target().by(token))) {
      return JavaAnswers.item(
          new Place(at.target(), reader).orders().readItem("o1", ItemCases.C1, ObjectNode.class));
    }
  }
}
