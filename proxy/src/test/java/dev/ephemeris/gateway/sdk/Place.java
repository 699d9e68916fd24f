package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.CosmosAsyncUser;
import com.azure.cosmos.CosmosBridgeInternal;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosDatabase;
import dev.ephemeris.gateway.sdk.SdkCall.Target;

/** What a case of the Java SDK has at hand. */
record Place(Target target, CosmosClient client) {

  CosmosDatabase database() {
    return client.getDatabase(target.database());
  }

  CosmosContainer orders() {
    return container("orders");
  }

  CosmosContainer container(String name) {
    return database().getContainer(target.container(name));
  }

  /** Conflicts are to be had from it only. */
  CosmosAsyncContainer asyncOrders() {
    return CosmosBridgeInternal.getCosmosAsyncContainer(orders());
  }

  /** So are most of what client encryption keys take. */
  CosmosAsyncDatabase asyncDatabase() {
    return asyncOrders().getDatabase();
  }

  /** The same holds for permissions. */
  CosmosAsyncUser user(String id) {
    return asyncDatabase().getUser(id);
  }
}
