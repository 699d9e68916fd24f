package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;

/** {@code …/pkranges}: which part of the key space each partition has. They never split. */
final class PartitionKeyRanges {

  private static final String ETAG = "\"2\"";

  private PartitionKeyRanges() {}

  static Answer answer(Call call, Container container) {
    if (!call.method().equals("GET")) {
      return Answer.methodNotAllowed();
    }
    Answer.Success answer =
        call.header(CosmosHeaders.IF_NONE_MATCH).filter(ETAG::equals).isPresent()
            ? Answer.empty(304)
            : Feed.of(container.rid(), "PartitionKeyRanges", ranges(container));
    return answer
        .with("etag", ETAG)
        .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
        .with(CosmosHeaders.CONTENT_PATH, container.rid());
  }

  private static List<ObjectNode> ranges(Container container) {
    return container.partitions().stream().map(partition -> range(container, partition)).toList();
  }

  private static ObjectNode range(Container container, PhysicalPartition partition) {
    String rid = Rid.partitionKeyRange(container.rid(), Long.parseLong(partition.id()) + 2);
    ObjectNode range = Json.object().put("_rid", rid).put("id", partition.id());
    range.put("_etag", container.definition().path("_etag").asText());
    range.put("minInclusive", partition.min()).put("maxExclusive", partition.max());
    range.put("ridPrefix", Integer.parseInt(partition.id()));
    range.put("_self", container.self() + "pkranges/" + rid + "/");
    range.put("throughputFraction", 0.5).put("status", "online");
    range.putArray("parents");
    range.putArray("ownedArchivalPKRangeIds");
    range.set("_ts", container.definition().path("_ts"));
    return range.put("lsn", partition.lsn());
  }
}
