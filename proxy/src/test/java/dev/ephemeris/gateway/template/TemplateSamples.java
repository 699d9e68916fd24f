package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Requests for templates, as a parser of JSON gives them. */
final class TemplateSamples {
  static final Role OPERATOR =
      new Role(
          new RoleName("order-operator"),
          Optional.empty(),
          Set.of(
              Action.READ_METADATA, Action.ITEMS_READ, Action.ITEMS_REPLACE, Action.EXECUTE_QUERY));

  static final Templates TEMPLATES =
      new Templates(List.of(Role.DATA_READER, Role.DATA_CONTRIBUTOR, OPERATOR));

  private TemplateSamples() {}

  /** All that a request can say. */
  static Map<String, Object> whole() {
    Map<String, Object> request = new HashMap<>(least());
    request.put("resourceGroup", "shop");
    request.put("subscription", "7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11");
    request.put("partitionKey", List.of("/tenantId", "/customerId"));
    request.put("throughput", Map.of("autoscale", 4000));
    request.put("defaultTtl", 2_592_000);
    request.put("uniqueKeys", List.of(List.of("/orderNumber"), List.of("/email", "/phone")));
    request.put(
        "indexing",
        Map.of(
            "include", List.of("/*"),
            "exclude", List.of("/payload/*", "/\"_etag\"/?"),
            "composite",
                List.of(
                    List.of(
                        Map.of("path", "/status"),
                        Map.of("path", "/createdAt", "order", "descending")))));
    request.put("access", "contributor");
    request.put("ttl", Map.of("default", "30m", "max", "2h"));
    request.put("approvers", List.of("group:default/dba"));
    request.put("gatewayRole", true);
    return request;
  }

  /** The least that a request can say. */
  static Map<String, Object> least() {
    Map<String, Object> request = new HashMap<>();
    request.put("account", "orders-prod");
    request.put("environment", "prod");
    request.put("database", "shop");
    request.put("container", "orders");
    request.put("partitionKey", List.of("/customerId"));
    request.put("throughput", "shared");
    request.put("owner", "group:default/orders-team");
    request.put("access", "reader");
    return request;
  }

  static Map<String, Object> with(Map<String, Object> request, String key, Object value) {
    Map<String, Object> other = new HashMap<>(request);
    other.put(key, value);
    return other;
  }

  static Map<String, Object> without(Map<String, Object> request, String key) {
    Map<String, Object> other = new HashMap<>(request);
    other.remove(key);
    return other;
  }

  static Template make(TemplateKind kind, Map<String, Object> request) {
    return TEMPLATES.make(kind, TemplateRequest.parse(request));
  }
}
