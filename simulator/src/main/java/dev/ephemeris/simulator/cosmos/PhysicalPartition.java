package dev.ephemeris.simulator.cosmos;

import java.util.Collection;
import java.util.TreeMap;

/** A range of the key space and the items in it. Guarded by the {@link Account}'s lock. */
final class PhysicalPartition {

  private final String id;
  private final String min;
  private final String max;
  private final TreeMap<Long, Item> items = new TreeMap<>();
  private long lsn = 1;

  /**
   * A partition without items.
   *
   * @param min the first EPK in it
   * @param max the first EPK after it
   */
  PhysicalPartition(String id, String min, String max) {
    this.id = id;
    this.min = min;
    this.max = max;
  }

  String id() {
    return id;
  }

  String min() {
    return min;
  }

  String max() {
    return max;
  }

  boolean covers(String epk) {
    return min.compareTo(epk) <= 0 && epk.compareTo(max) < 0;
  }

  void put(Item item) {
    items.put(item.number(), item);
    lsn++;
  }

  void remove(Item item) {
    items.remove(item.number());
    lsn++;
  }

  /** The items in the order of their RIDs. */
  Collection<Item> items() {
    return items.values();
  }

  /** How many writes it has seen. */
  long lsn() {
    return lsn;
  }

  String sessionToken() {
    return id + ":-1#" + lsn;
  }
}
