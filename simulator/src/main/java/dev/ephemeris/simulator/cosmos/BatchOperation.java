package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One operation of a batch: {@code {"operationType": "Create", "resourceBody": {…}, …}}. */
record BatchOperation(Kind kind, JsonNode json) {

  enum Kind {
    CREATE("Create", "POST"),
    UPSERT("Upsert", "POST"),
    READ("Read", "GET"),
    REPLACE("Replace", "PUT"),
    PATCH("Patch", "PATCH"),
    DELETE("Delete", "DELETE");

    private final String spelling;
    private final String method;

    Kind(String spelling, String method) {
      this.spelling = spelling;
      this.method = method;
    }
  }

  /** Reads one; empty if it isn't one. */
  static Optional<BatchOperation> parse(JsonNode json) {
    String type = json.path("operationType").asText();
    for (Kind kind : Kind.values()) {
      if (kind.spelling.equals(type) && isComplete(kind, json)) {
        return Optional.of(new BatchOperation(kind, json));
      }
    }
    return Optional.empty();
  }

  private static boolean isComplete(Kind kind, JsonNode json) {
    boolean hasId = json.path("id").isTextual();
    boolean hasBody = json.path("resourceBody").isObject();
    return switch (kind) {
      case CREATE, UPSERT -> hasBody;
      case REPLACE, PATCH -> hasId && hasBody;
      case READ, DELETE -> hasId;
    };
  }

  /** The call that does the same by itself, on the batch's key unless it has one of its own. */
  Call asCall(Call batch, Container container) {
    Map<String, String> headers = new HashMap<>();
    batch
        .header(CosmosHeaders.PARTITION_KEY)
        .ifPresent(key -> headers.put(CosmosHeaders.PARTITION_KEY, key));
    copy("partitionKey", headers, CosmosHeaders.PARTITION_KEY);
    copy("ifMatch", headers, CosmosHeaders.IF_MATCH);
    copy("ifNoneMatch", headers, CosmosHeaders.IF_NONE_MATCH);
    if (json.path("minimalReturnPreference").asBoolean()) {
      headers.put(CosmosHeaders.PREFER, "return=minimal");
    }
    JsonNode body = json.path("resourceBody");
    return batch.within(
        kind.method, path(container), headers, body.isObject() ? Json.bytes(body) : new byte[0]);
  }

  private void copy(String property, Map<String, String> headers, String header) {
    if (json.path(property).isTextual()) {
      headers.put(header, json.path(property).textValue());
    }
  }

  private ResourcePath path(Container container) {
    List<String> items = List.of("dbs", container.database().id(), "colls", container.id(), "docs");
    return new ResourcePath(
        kind == Kind.CREATE || kind == Kind.UPSERT
            ? items
            : List.of(items.get(0), items.get(1), items.get(2), items.get(3), "docs", id()));
  }

  String id() {
    return json.path("id").asText();
  }

  /** What the batch's answer says of this operation. */
  static ObjectNode result(Answer answer) {
    ObjectNode result = Json.object().put("statusCode", answer.status());
    return switch (answer) {
      case Answer.Success success -> {
        result.put("subStatusCode", 0).put("requestCharge", success.charge());
        Optional.ofNullable(success.headers().get("etag"))
            .ifPresent(etag -> result.put("eTag", etag));
        Json.parse(success.body()).ifPresent(item -> result.set("resourceBody", item));
        yield result;
      }
      case Answer.Failure failure -> {
        result.put("subStatusCode", failure.error().subStatus()).put("requestCharge", 0);
        Optional.ofNullable(failure.headers().get(CosmosHeaders.RETRY_AFTER_MS))
            .ifPresent(wait -> result.put("retryAfterMilliseconds", Long.parseLong(wait)));
        yield result;
      }
    };
  }

  /** Of an operation that didn't count because another failed. */
  static ObjectNode failedDependency() {
    return Json.object().put("statusCode", 424).put("subStatusCode", 0).put("requestCharge", 0);
  }
}
