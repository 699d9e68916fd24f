package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;

/** Lists of resources as the service wraps them. */
final class Feed {

  private Feed() {}

  /**
   * A page.
   *
   * @param rid of what the resources live in
   * @param property {@code Documents} and the like
   */
  static Answer.Success of(String rid, String property, List<? extends JsonNode> resources) {
    ObjectNode feed = Json.object().put("_rid", rid);
    ArrayNode array = feed.putArray(property);
    array.addAll(resources);
    feed.put("_count", resources.size());
    return Answer.of(200, feed).with(CosmosHeaders.ITEM_COUNT, Integer.toString(resources.size()));
  }
}
