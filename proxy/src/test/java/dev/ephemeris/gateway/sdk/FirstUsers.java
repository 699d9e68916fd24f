package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosAsyncUser;
import com.azure.cosmos.CosmosBridgeInternal;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosDatabase;
import com.azure.cosmos.models.CosmosPermissionProperties;
import com.azure.cosmos.models.CosmosUserProperties;
import com.azure.cosmos.models.PermissionMode;
import java.util.List;

/** Cosmos DB's own users: {@code reader}, who may read orders, and nobody else. */
final class FirstUsers {

  static final String READER = "reader";
  static final String PERMISSION = "orders";

  private FirstUsers() {}

  static void write(CosmosClient owner, String database) {
    CosmosDatabase shop = owner.getDatabase(database);
    List<String> others =
        shop.readAllUsers().stream()
            .map(CosmosUserProperties::getId)
            .filter(id -> !id.equals(READER))
            .toList();
    others.forEach(id -> shop.getUser(id).delete());
    shop.upsertUser(new CosmosUserProperties().setId(READER));
    CosmosAsyncUser reader =
        CosmosBridgeInternal.getCosmosAsyncContainer(shop.getContainer("orders"))
            .getDatabase()
            .getUser(READER);
    reader
        .readAllPermissions()
        .filter(permission -> !permission.getId().equals(PERMISSION))
        .flatMap(permission -> reader.getPermission(permission.getId()).delete(null))
        .blockLast();
    reader
        .upsertPermission(
            new CosmosPermissionProperties()
                .setId(PERMISSION)
                .setContainerName("orders")
                .setPermissionMode(PermissionMode.READ),
            null)
        .block();
  }
}
