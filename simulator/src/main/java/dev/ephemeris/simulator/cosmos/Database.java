package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A database and its containers. Guarded by the account's lock. */
final class Database {

  private final String id;
  private final String rid;
  private final ObjectNode definition;
  private final Map<String, Container> containers = new LinkedHashMap<>();

  Database(String id, String rid, ObjectNode definition) {
    this.id = id;
    this.rid = rid;
    this.definition = definition;
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

  void add(Container container) {
    containers.put(container.id(), container);
  }

  void remove(Container container) {
    containers.remove(container.id());
  }
}
