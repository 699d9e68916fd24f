package dev.ephemeris.gateway.sdk;

import static dev.ephemeris.gateway.sdk.ItemCases.C1;
import static dev.ephemeris.gateway.sdk.ItemCases.order;

import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosChangeFeedRequestOptions;
import com.azure.cosmos.models.FeedRange;
import com.azure.cosmos.models.FeedResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/** What changed in a container. */
final class ChangeFeedCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ChangeFeedCases() {}

  static Map<String, Case> all() {
    return Map.of(
        "changes-from-the-beginning",
        at -> read(at.orders(), fromTheBeginning(FeedRange.forFullRange())),
        "changes-page-by-page",
        at -> read(at.orders(), fromTheBeginning(FeedRange.forFullRange()).setMaxItemCount(3)),
        "changes-of-a-partition-key",
        at -> read(at.orders(), fromTheBeginning(FeedRange.forLogicalPartition(C1))),
        "changes-from-now",
        at -> read(at.orders(), fromNow()),
        "changes-from-a-time",
        at ->
            read(
                at.orders(),
                CosmosChangeFeedRequestOptions.createForProcessingFromPointInTime(
                    Instant.parse("2020-01-01T00:00:00Z"), FeedRange.forFullRange())),
        "changes-since-then",
        at -> sinceThen(at.orders(), fromNow()),
        "all-versions-and-deletes",
        at -> sinceThen(at.orders(), fromNow().allVersionsAndDeletes()));
  }

  private static CosmosChangeFeedRequestOptions fromTheBeginning(FeedRange range) {
    return CosmosChangeFeedRequestOptions.createForProcessingFromBeginning(range);
  }

  private static CosmosChangeFeedRequestOptions fromNow() {
    return CosmosChangeFeedRequestOptions.createForProcessingFromNow(FeedRange.forFullRange());
  }

  private static ObjectNode read(CosmosContainer orders, CosmosChangeFeedRequestOptions options) {
    ObjectNode answer = JSON.createObjectNode().put("status", 200);
    ArrayNode pages = answer.putArray("pages");
    for (FeedResponse<JsonNode> page :
        orders.queryChangeFeed(options, JsonNode.class).iterableByPage()) {
      pages.add(JavaAnswers.page(page));
    }
    return answer;
  }

  /** What is written after a first look that shows nothing. */
  private static JsonNode sinceThen(
      CosmosContainer orders, CosmosChangeFeedRequestOptions fromNow) {
    JsonNode nothing = read(orders, fromNow).path("pages");
    orders.createItem(order("new"));
    orders.replaceItem(order("o1"), "o1", C1, null);
    orders.deleteItem("o4", C1, null);
    String continuation =
        Objects.requireNonNull(
            nothing.get(nothing.size() - 1).path("continuation").textValue(), "no continuation");
    return read(
        orders, CosmosChangeFeedRequestOptions.createForProcessingFromContinuation(continuation));
  }
}
