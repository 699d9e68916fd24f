package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;

/**
 * {@code …/pkranges}: which part of the key space each partition has. To who knows them up to some
 * etag, those that came since by splits.
 */
final class PartitionKeyRanges {

  private PartitionKeyRanges() {}

  static Answer answer(Call call, Container container) {
    if (!call.method().equals("GET")) {
      return Answer.methodNotAllowed();
    }
    int latest =
        container.partitions().stream().mapToInt(PhysicalPartition::generation).max().orElseThrow();
    int known =
        call.header(CosmosHeaders.IF_NONE_MATCH).flatMap(Etag::number).orElse(0L).intValue();
    Answer.Success answer =
        known == latest
            ? Answer.empty(304)
            : Feed.of(container.rid(), "PartitionKeyRanges", ranges(container, known));
    return answer
        .with("etag", Etag.of(latest))
        .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
        .with(CosmosHeaders.CONTENT_PATH, container.rid());
  }

  private static List<ObjectNode> ranges(Container container, int known) {
    return container.partitions().stream()
        .filter(partition -> partition.generation() > known || known == 0)
        .map(partition -> range(container, partition))
        .toList();
  }

  private static ObjectNode range(Container container, PhysicalPartition partition) {
    String rid = Rid.partitionKeyRange(container.rid(), Long.parseLong(partition.id()) + 2);
    ObjectNode range = Json.object().put("_rid", rid).put("id", partition.id());
    range.put("_etag", container.definition().path("_etag").asText());
    range.put("minInclusive", partition.min()).put("maxExclusive", partition.max());
    range.put("ridPrefix", Integer.parseInt(partition.id()));
    range.put("_self", container.self() + "pkranges/" + rid + "/");
    range.put("throughputFraction", 1.0 / container.partitions().size()).put("status", "online");
    ArrayNode parents = range.putArray("parents");
    partition.parents().forEach(parents::add);
    range.putArray("ownedArchivalPKRangeIds");
    range.set("_ts", container.definition().path("_ts"));
    return range.put("lsn", partition.lsn());
  }
}
