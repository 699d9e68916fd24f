package dev.ephemeris.gateway.mcp;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a tool is asked with; it has been held against the tool's schema. */
record Arguments(JsonObject json) {

  /**
   * @param given null where a client has none to give
   */
  static Arguments of(@Nullable Map<String, Object> given) {
    return new Arguments(given == null ? new JsonObject() : new JsonObject(given));
  }

  /** One that the schema requires. */
  String text(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("“" + name + "” is missing"));
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(json.getString(name));
  }

  int number(String name, int otherwise) {
    return json.getInteger(name, otherwise);
  }

  /** Also as people write it: {@code orders-prod/shop/orders}. */
  Scope scope() {
    try {
      return Scope.parse(Scope.spelledOut(text("scope")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("“scope”: " + e.getMessage(), e);
    }
  }

  /** A scope that is a container. */
  Scope container() {
    Scope scope = scope();
    if (scope.container().isEmpty()) {
      throw new IllegalArgumentException(
          "“scope” isn't a container; expected account:/dbs/name/colls/name");
    }
    return scope;
  }

  Optional<Duration> ttl() {
    return Optional.ofNullable(json.getLong("ttlSeconds")).map(Duration::ofSeconds);
  }

  Optional<PartitionKey> partitionKey() {
    return LeaseRequest.readPartitionKey(json.getJsonArray("partitionKey"), "“partitionKey”");
  }

  /**
   * A lease of the lane proxy.
   *
   * @param deliver how it is to be handed over
   */
  LeaseRequest lease(Delivery deliver) {
    return new LeaseRequest(
        scope(),
        partitionKey(),
        Optional.empty(),
        find("role").map(RoleName::new).orElse(Role.DATA_READER.name()),
        Lane.PROXY,
        CredentialForm.LEASE_TOKEN,
        ttl(),
        deliver,
        find("reason"),
        find("ticket"));
  }

  JsonArray list(String name) {
    return json.getJsonArray(name, new JsonArray());
  }
}
