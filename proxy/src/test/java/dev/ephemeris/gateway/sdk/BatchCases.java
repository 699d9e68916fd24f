package dev.ephemeris.gateway.sdk;

import static dev.ephemeris.gateway.sdk.ItemCases.C1;
import static dev.ephemeris.gateway.sdk.ItemCases.order;

import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosBatch;
import com.azure.cosmos.models.CosmosBatchOperationResult;
import com.azure.cosmos.models.CosmosBatchResponse;
import com.azure.cosmos.models.CosmosBulkItemResponse;
import com.azure.cosmos.models.CosmosBulkOperationResponse;
import com.azure.cosmos.models.CosmosBulkOperations;
import com.azure.cosmos.models.CosmosItemOperation;
import com.azure.cosmos.models.CosmosPatchOperations;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Several operations in one request. */
final class BatchCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  private BatchCases() {}

  static Map<String, Case> all() {
    return Map.of(
        "batch", at -> batch(at.orders()),
        "batch-of-which-one-fails", at -> failingBatch(at.orders()),
        "bulk", at -> bulk(at.orders()));
  }

  private static CosmosPatchOperations shipped() {
    return CosmosPatchOperations.create().set("/status", "shipped");
  }

  private static JsonNode batch(CosmosContainer orders) {
    CosmosBatch batch = CosmosBatch.createCosmosBatch(C1);
    batch.createItemOperation(order("new"));
    batch.upsertItemOperation(order("o1"));
    batch.readItemOperation("o4");
    batch.replaceItemOperation("o7", order("o7"));
    batch.patchItemOperation("o10", shipped());
    batch.deleteItemOperation("o4");
    return batch(orders.executeCosmosBatch(batch));
  }

  private static JsonNode failingBatch(CosmosContainer orders) {
    CosmosBatch batch = CosmosBatch.createCosmosBatch(C1);
    batch.createItemOperation(order("new"));
    batch.createItemOperation(order("o1"));
    batch.deleteItemOperation("o4");
    ObjectNode answer = batch(orders.executeCosmosBatch(batch));
    try {
      return answer.put(
          "undone", orders.readItem("new", C1, ObjectNode.class).getStatusCode() == 404);
    } catch (CosmosException e) {
      return answer.put("undone", e.getStatusCode() == 404);
    }
  }

  private static ObjectNode batch(CosmosBatchResponse response) {
    if (response.getResults().isEmpty()) {
      throw new IllegalStateException("a batch without results: " + response.getErrorMessage());
    }
    ObjectNode answer =
        JavaAnswers.single(response.getStatusCode(), response.getResponseHeaders(), null);
    ArrayNode results = answer.putArray("body");
    for (CosmosBatchOperationResult result : response.getResults()) {
      results.add(
          result(result.getStatusCode(), result.getETag(), result.getItem(ObjectNode.class)));
    }
    return answer;
  }

  /** In the order in which they were asked for: they come back as they are done. */
  private static JsonNode bulk(CosmosContainer orders) {
    PartitionKey c2 = new PartitionKey("c2");
    PartitionKey c3 = new PartitionKey("c3");
    List<CosmosItemOperation> operations =
        List.of(
            CosmosBulkOperations.getCreateItemOperation(order("new"), C1, 0),
            CosmosBulkOperations.getCreateItemOperation(order("o1"), C1, 1),
            CosmosBulkOperations.getUpsertItemOperation(order("o4"), C1, 2),
            CosmosBulkOperations.getReadItemOperation("o2", c2, 3),
            CosmosBulkOperations.getPatchItemOperation("o3", c3, shipped(), 4),
            CosmosBulkOperations.getReplaceItemOperation("o7", order("o7"), C1, 5),
            CosmosBulkOperations.getDeleteItemOperation("o5", c2, 6),
            CosmosBulkOperations.getDeleteItemOperation("none", c3, 7));
    Map<Integer, JsonNode> results = new TreeMap<>();
    for (CosmosBulkOperationResponse<Integer> done :
        orders.<Integer>executeBulkOperations(operations)) {
      if (done.getException() instanceof CosmosException e) {
        throw e;
      }
      CosmosBulkItemResponse one = done.getResponse();
      results.put(
          done.getBatchContext(),
          result(one.getStatusCode(), one.getETag(), one.getItem(ObjectNode.class)));
    }
    ObjectNode answer = JSON.createObjectNode().put("status", 200);
    answer.putArray("body").addAll(results.values());
    return answer;
  }

  private static ObjectNode result(int status, @Nullable String etag, @Nullable ObjectNode item) {
    return JSON.createObjectNode().put("status", status).put("etag", etag).set("item", item);
  }
}
