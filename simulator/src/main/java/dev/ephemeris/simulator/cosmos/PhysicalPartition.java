package dev.ephemeris.simulator.cosmos;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A range of the key space and the items in it. Guarded by the {@link Account}'s lock. */
final class PhysicalPartition {

  /** How many changes the feed of all versions and deletes can tell. */
  static final int REMEMBERED = 10_000;

  /** Of session tokens: replicas never change here. */
  static final int VERSION = -1;

  private final String id;
  private final String min;
  private final String max;
  private final int generation;
  private final List<String> parents;
  private final TreeMap<Long, Item> items = new TreeMap<>();

  /** The same items in the order of their last change. */
  private final TreeMap<Position, Item> byChange =
      new TreeMap<>(Comparator.comparingLong(Position::lsn).thenComparingLong(Position::number));

  private final Deque<Change> history = new ArrayDeque<>();

  /** The latest step whose changes aren't all in the history any more. */
  private long forgotten;

  private long lsn = 1;

  private record Position(long lsn, long number) {
    static Position of(Item item) {
      return new Position(item.lsn(), item.number());
    }
  }

  /**
   * A partition without items.
   *
   * @param min the first EPK in it
   * @param max the first EPK after it
   * @param generation how many versions of the list of ranges there were before it
   * @param parents the ids of those it was split from, oldest first
   */
  PhysicalPartition(String id, String min, String max, int generation, List<String> parents) {
    this.id = id;
    this.min = min;
    this.max = max;
    this.generation = generation;
    this.parents = List.copyOf(parents);
  }

  /** Part of this one, with its items and their history. */
  PhysicalPartition part(String partId, String from, String to) {
    PhysicalPartition part =
        new PhysicalPartition(
            partId,
            from,
            to,
            generation + 1,
            Stream.concat(parents.stream(), Stream.of(id)).toList());
    items.values().stream().filter(item -> part.covers(item.epk())).forEach(part::add);
    history.stream()
        .filter(change -> part.covers(change.item().epk()))
        .forEach(part.history::addLast);
    part.forgotten = forgotten;
    part.lsn = lsn;
    return part;
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

  int generation() {
    return generation;
  }

  List<String> parents() {
    return parents;
  }

  boolean covers(String epk) {
    return min.compareTo(epk) <= 0 && epk.compareTo(max) < 0;
  }

  /** Whether some EPK from {@code from} to before {@code to} is in it. */
  boolean overlaps(String from, String to) {
    return min.compareTo(to) < 0 && from.compareTo(max) < 0;
  }

  void apply(Change change) {
    change.before().ifPresent(this::take);
    change.after().ifPresent(this::add);
    history.addLast(change);
  }

  /** Takes the latest change back. */
  void undo(Change change) {
    history.removeLast();
    change.after().ifPresent(this::take);
    change.before().ifPresent(this::add);
  }

  private void add(Item item) {
    items.put(item.number(), item);
    byChange.put(Position.of(item), item);
  }

  private void take(Item item) {
    items.remove(item.number());
    byChange.remove(Position.of(item));
  }

  /** Ends a step: what comes next is later. */
  void advance() {
    lsn++;
    while (history.size() > REMEMBERED) {
      forgotten = history.removeFirst().lsn();
    }
  }

  /** The items in the order of their RIDs. */
  Collection<Item> items() {
    return items.values();
  }

  /** The item with that number. */
  Optional<Item> item(long number) {
    return Optional.ofNullable(items.get(number));
  }

  /** The items that changed after a step, in that order. */
  Stream<Item> changedAfter(long step) {
    return byChange.tailMap(new Position(step, Long.MAX_VALUE), false).values().stream();
  }

  /** All changes after a step, oldest first. */
  Stream<Change> changesAfter(long step) {
    return history.stream().filter(change -> change.lsn() > step);
  }

  /** Whether all changes after a step can still be told. */
  boolean remembers(long step) {
    return step >= forgotten;
  }

  /** How many steps there were. */
  long lsn() {
    return lsn;
  }

  String sessionToken() {
    return id + ":" + VERSION + "#" + lsn;
  }
}
