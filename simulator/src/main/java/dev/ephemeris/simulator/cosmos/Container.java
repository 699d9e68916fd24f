package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A container: its definition, and its items in two partitions. Guarded by the account's lock. */
final class Container {

  /** Halves the key space, as the service splits a container of hash version 2. */
  private static final String MIDDLE = "1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

  private final Database database;
  private final String id;
  private final String rid;
  private final ObjectNode definition;
  private final KeyPath keyPath;
  private final Stamps stamps;
  private final Map<Place, Item> items = new HashMap<>();
  private final List<PhysicalPartition> partitions =
      List.of(new PhysicalPartition("0", "", MIDDLE), new PhysicalPartition("1", MIDDLE, "FF"));
  private long numbered;

  private record Place(PartitionKey key, String id) {}

  Container(
      Database database,
      String id,
      String rid,
      ObjectNode definition,
      KeyPath keyPath,
      Stamps stamps) {
    this.database = database;
    this.id = id;
    this.rid = rid;
    this.definition = definition;
    this.keyPath = keyPath;
    this.stamps = stamps;
  }

  Database database() {
    return database;
  }

  String id() {
    return id;
  }

  String rid() {
    return rid;
  }

  /** The link by name, {@code dbs/…/colls/…}. */
  String link() {
    return "dbs/" + database.id() + "/colls/" + id;
  }

  /** The link by RID, with a slash at the end. */
  String self() {
    return "dbs/" + database.rid() + "/colls/" + rid + "/";
  }

  ObjectNode definition() {
    return definition;
  }

  KeyPath keyPath() {
    return keyPath;
  }

  List<PhysicalPartition> partitions() {
    return partitions;
  }

  PhysicalPartition partition(String epk) {
    return partitions.stream().filter(partition -> partition.covers(epk)).findFirst().orElseThrow();
  }

  String sessionToken() {
    return partitions.stream()
        .map(PhysicalPartition::sessionToken)
        .collect(Collectors.joining(","));
  }

  Optional<Item> item(PartitionKey key, String itemId) {
    return Optional.ofNullable(items.get(new Place(key, itemId)));
  }

  /** The item with that number, if it has that key. */
  Optional<Item> item(PartitionKey key, long number) {
    return items.values().stream()
        .filter(item -> item.number() == number && item.key().equals(key))
        .findFirst();
  }

  /** Writes an item in place of an earlier one with its key and id. */
  Item put(PartitionKey key, String itemId, JsonNode body) {
    Optional<Item> earlier = item(key, itemId);
    long number = earlier.map(Item::number).orElseGet(() -> ++numbered);
    String etag = stamps.nextEtag();
    ObjectNode content = body.deepCopy();
    String itemRid = Rid.item(rid, number);
    content.put("_rid", itemRid);
    content.put("_self", self() + "docs/" + itemRid + "/");
    content.put("_etag", etag);
    content.put("_attachments", "attachments/");
    content.put("_ts", stamps.now());
    String epk = earlier.map(Item::epk).orElseGet(() -> Epk.of(key));
    Item item = new Item(itemId, key, epk, number, etag, content, Json.bytes(content));
    items.put(new Place(key, itemId), item);
    partition(epk).put(item);
    return item;
  }

  void remove(Item item) {
    items.remove(new Place(item.key(), item.id()));
    partition(item.epk()).remove(item);
  }
}
