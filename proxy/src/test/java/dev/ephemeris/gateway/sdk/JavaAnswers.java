package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemResponse;
import com.azure.cosmos.models.CosmosResponse;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.ModelBridgeInternal;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the Java SDK gave, as {@link SdkCall#run} tells it. */
final class JavaAnswers {

  private static final ObjectMapper JSON = new ObjectMapper();

  private JavaAnswers() {}

  static ObjectNode single(int status, Map<String, String> headers, @Nullable JsonNode body) {
    ObjectNode result = JSON.createObjectNode().put("status", status).put("subStatus", 0);
    result.set("headers", headers(headers));
    return result.set("body", body == null ? JSON.nullNode() : body);
  }

  static ObjectNode item(CosmosItemResponse<ObjectNode> response) {
    return single(response.getStatusCode(), response.getResponseHeaders(), response.getItem());
  }

  /** Of anything that isn't an item, all that the service said of it. */
  static <T> ObjectNode resource(CosmosResponse<T> response) {
    T properties = response.getProperties();
    return single(
        response.getStatusCode(),
        response.getResponseHeaders(),
        properties == null ? null : resource(properties));
  }

  static JsonNode resource(Object properties) {
    return SdkWorld.json(ModelBridgeInternal.getResource(properties).toJson());
  }

  static ObjectNode pages(Iterable<FeedResponse<JsonNode>> pages) {
    ObjectNode result = JSON.createObjectNode().put("status", 200);
    ArrayNode read = result.putArray("pages");
    pages.forEach(page -> read.add(page(page)));
    return result;
  }

  static ObjectNode page(FeedResponse<JsonNode> page) {
    return page(page, page.getResults());
  }

  private static ObjectNode page(FeedResponse<?> page, List<JsonNode> rows) {
    ObjectNode result = JSON.createObjectNode().put("continuation", page.getContinuationToken());
    result.set("headers", headers(page.getResponseHeaders()));
    result.putArray("body").addAll(rows);
    return result;
  }

  /** The same of anything that isn't an item. */
  static <T> ObjectNode resources(Iterable<FeedResponse<T>> pages) {
    ObjectNode result = JSON.createObjectNode().put("status", 200);
    ArrayNode read = result.putArray("pages");
    for (FeedResponse<T> page : pages) {
      read.add(page(page, page.getResults().stream().map(JavaAnswers::resource).toList()));
    }
    return result;
  }

  static ObjectNode failure(CosmosException e) {
    ObjectNode result =
        JSON.createObjectNode()
            .put("status", e.getStatusCode())
            .put("subStatus", e.getSubStatusCode())
            .put("message", message(e));
    return result.set("headers", headers(e.getResponseHeaders()));
  }

  /** The service's message, without what the SDK says of the attempt. */
  private static String message(CosmosException e) {
    String message = String.valueOf(e.getMessage());
    return message.startsWith("{")
        ? SdkWorld.json(message).path("innerErrorMessage").asText()
        : message;
  }

  static ObjectNode headers(Map<String, String> all) {
    Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(all);
    ObjectNode compared = JSON.createObjectNode();
    SdkCall.COMPARED_HEADERS.forEach(name -> compared.put(name, byName.get(name)));
    return compared;
  }
}
