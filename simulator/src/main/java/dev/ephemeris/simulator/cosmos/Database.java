package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A database and its containers. Guarded by the account's lock. */
final class Database {

  private final String id;
  private final String rid;
  private final ObjectNode definition;
  private final Users users;
  private final ClientEncryptionKeys clientEncryptionKeys;
  private final Map<String, Container> containers = new LinkedHashMap<>();

  Database(String id, String rid, ObjectNode definition, Stamps stamps) {
    this.id = id;
    this.rid = rid;
    this.definition = definition;
    this.users = new Users(rid, stamps);
    this.clientEncryptionKeys = new ClientEncryptionKeys(this, stamps);
  }

  String id() {
    return id;
  }

  String rid() {
    return rid;
  }

  ObjectNode definition() {
    return definition;
  }

  Collection<Container> containers() {
    return containers.values();
  }

  Optional<Container> container(String containerId) {
    return Optional.ofNullable(containers.get(containerId));
  }

  Optional<Container> containerByRid(String containerRid) {
    return containers.values().stream().filter(c -> c.rid().equals(containerRid)).findFirst();
  }

  Users users() {
    return users;
  }

  ClientEncryptionKeys clientEncryptionKeys() {
    return clientEncryptionKeys;
  }

  /**
   * The link by name of what a link by name or RID means: a container of this, or an item. By name
   * it may be one that isn't there yet, as the SDKs' own tests expect of permissions.
   */
  Optional<String> nameOf(ResourcePath link) {
    List<String> path = link.segments();
    boolean item = path.size() == 6 && path.get(4).equals("docs");
    if (!(path.size() == 4 || item)
        || !path.get(0).equals("dbs")
        || !path.get(1).equals(link.isByRid() ? rid : id)
        || !path.get(2).equals("colls")) {
      return Optional.empty();
    }
    return link.isByRid()
        ? containerByRid(path.get(3))
            .flatMap(
                container ->
                    item
                        ? itemId(container, path.get(5))
                            .map(itemId -> container.link() + "/docs/" + itemId)
                        : Optional.of(container.link()))
        : Optional.of(String.join("/", path));
  }

  private static Optional<String> itemId(Container container, String itemRid) {
    return container.partitions().stream()
        .flatMap(partition -> partition.items().stream())
        .filter(item -> item.content().path("_rid").asText().equals(itemRid))
        .map(Item::id)
        .findFirst();
  }

  void add(Container container) {
    containers.put(container.id(), container);
  }

  void remove(Container container) {
    containers.remove(container.id());
  }
}
