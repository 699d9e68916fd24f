package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A container: its definition, and its items in partitions. Guarded by the account's lock. */
final class Container {

  /** Halves the key space, as the service splits a container of hash version 2. */
  private static final String MIDDLE = "1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

  /** What the service adds to an item. */
  static final List<String> ADDED = List.of("_rid", "_self", "_etag", "_attachments", "_ts");

  private final Database database;
  private final String id;
  private final String rid;
  private final KeyDefinition keyDefinition;
  private final UniqueKeys uniqueKeys;
  private final Stamps stamps;
  private final Map<Place, Item> items = new HashMap<>();
  private final PriorityQueue<End> ends = new PriorityQueue<>(Comparator.comparingLong(End::time));
  private final Scripts scripts = new Scripts();

  /** How far a container with this RID was before the account was emptied. */
  private final long reachedBefore;

  private ObjectNode definition;

  /** Makes what operations on one partition may cost; empty if no one watches. */
  private Optional<Supplier<RequestUnits>> bound = Optional.empty();

  /** What is left of it, by the partition's id. */
  private final Map<String, RequestUnits> requestUnits = new HashMap<>();

  private List<PhysicalPartition> partitions =
      List.of(
          new PhysicalPartition("0", "", MIDDLE, 2, List.of()),
          new PhysicalPartition("1", MIDDLE, "FF", 2, List.of()));
  private long numbered;

  /** What a running {@link #atomically} has changed so far; empty if none runs. */
  private Optional<List<Change>> uncommitted = Optional.empty();

  private record Place(PartitionKey key, String id) {
    static Place of(Item item) {
      return new Place(item.key(), item.id());
    }
  }

  /** When a version of an item ends, unless it is replaced or deleted before. */
  private record End(long time, Place place, String etag) {}

  Container(
      Database database,
      String id,
      String rid,
      ObjectNode definition,
      KeyDefinition keyDefinition,
      UniqueKeys uniqueKeys,
      Stamps stamps,
      long reachedBefore) {
    this.database = database;
    this.id = id;
    this.rid = rid;
    this.definition = definition;
    this.keyDefinition = keyDefinition;
    this.uniqueKeys = uniqueKeys;
    this.stamps = stamps;
    this.reachedBefore = reachedBefore;
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

  /** Changes policies. What items have lived so far counts for a new time to live too. */
  void redefine(ObjectNode changed) {
    definition = changed;
    stamps.on(definition);
    ends.clear();
    items.values().forEach(this::schedule);
  }

  /** Gives something in this container an etag and the time. */
  void stamp(ObjectNode resource) {
    stamps.on(resource);
  }

  Scripts scripts() {
    return scripts;
  }

  KeyDefinition keyDefinition() {
    return keyDefinition;
  }

  UniqueKeys uniqueKeys() {
    return uniqueKeys;
  }

  List<PhysicalPartition> partitions() {
    return partitions;
  }

  Optional<PhysicalPartition> partitionById(String partitionId) {
    return partitions.stream().filter(one -> one.id().equals(partitionId)).findFirst();
  }

  PhysicalPartition partition(String epk) {
    return partitions.stream().filter(partition -> partition.covers(epk)).findFirst().orElseThrow();
  }

  /** Whether all that a session token tells of a partition has happened. */
  boolean reached(PhysicalPartition partition, SessionToken.Entry seen) {
    return seen.version() <= PhysicalPartition.VERSION
        && seen.lsn() <= Math.max(partition.lsn(), reachedBefore);
  }

  /** The latest step of any partition, those before an emptying of the account included. */
  long reached() {
    return partitions.stream().mapToLong(PhysicalPartition::lsn).reduce(reachedBefore, Math::max);
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
    return partition(keyDefinition.epk(key)).item(number).filter(item -> item.key().equals(key));
  }

  /** The items of one logical partition, in the order of their RIDs. */
  List<Item> items(PartitionKey key) {
    return partition(keyDefinition.epk(key)).items().stream()
        .filter(item -> item.key().equals(key))
        .toList();
  }

  /** Whether writing this would give two items of a logical partition the same unique key. */
  boolean breaksUniqueness(PartitionKey key, String itemId, JsonNode body) {
    return uniqueKeys.areTaken(key, body, item(key, itemId));
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
    String epk = earlier.map(Item::epk).orElseGet(() -> keyDefinition.epk(key));
    long lsn = partition(epk).lsn() + 1;
    Item item = new Item(itemId, key, epk, number, lsn, etag, content, Json.bytes(content));
    make(new Change(lsn, stamps.now(), earlier, Optional.of(item), false));
    return item;
  }

  void remove(Item item) {
    remove(item, false);
  }

  private void remove(Item item, boolean expired) {
    long lsn = partition(item.epk()).lsn() + 1;
    make(new Change(lsn, stamps.now(), Optional.of(item), Optional.empty(), expired));
  }

  private void make(Change change) {
    PhysicalPartition partition = partition(change.item().epk());
    change.before().ifPresent(this::take);
    change.after().ifPresent(this::add);
    partition.apply(change);
    if (uncommitted.isPresent()) {
      uncommitted.get().add(change);
    } else {
      partition.advance();
    }
  }

  private void add(Item item) {
    items.put(Place.of(item), item);
    uniqueKeys.add(item);
    schedule(item);
  }

  private void take(Item item) {
    items.remove(Place.of(item));
    uniqueKeys.remove(item);
  }

  private void schedule(Item item) {
    TimeToLive.end(definition, item.content())
        .ifPresent(time -> ends.add(new End(time, Place.of(item), item.etag())));
  }

  /** Deletes what has lived its time. */
  void expire() {
    while (!ends.isEmpty() && ends.element().time() <= stamps.now()) {
      End end = ends.remove();
      Optional.ofNullable(items.get(end.place()))
          .filter(item -> item.etag().equals(end.etag()))
          .ifPresent(item -> remove(item, true));
    }
  }

  /**
   * Runs something whose changes are one step: all of them stay, or none.
   *
   * @param kept whether the outcome lets them stay; if it throws they don't
   */
  <T> T atomically(Supplier<T> work, Predicate<T> kept) {
    if (uncommitted.isPresent()) {
      throw new IllegalStateException("in an atomic step already");
    }
    List<Change> changes = new ArrayList<>();
    uncommitted = Optional.of(changes);
    boolean stays = false;
    try {
      T outcome = work.get();
      stays = kept.test(outcome);
      return outcome;
    } finally {
      uncommitted = Optional.empty();
      if (stays) {
        changes.stream()
            .map(change -> partition(change.item().epk()))
            .distinct()
            .forEach(PhysicalPartition::advance);
      } else {
        changes.reversed().forEach(this::undo);
      }
    }
  }

  private void undo(Change change) {
    change.after().ifPresent(this::take);
    change.before().ifPresent(this::add);
    partition(change.item().epk()).undo(change);
  }

  /** Holds each partition to a bound from now on. */
  void limit(Supplier<RequestUnits> each) {
    bound = Optional.of(each);
    requestUnits.clear();
  }

  /**
   * Runs an operation if the partitions that it touches still pay for it. They share its charge
   * evenly.
   */
  Answer paid(Call call, Supplier<Answer> operation) {
    if (bound.isEmpty() || !(QueryScope.of(call, this) instanceof QueryScope.Part part)) {
      return operation.get();
    }
    Supplier<RequestUnits> full = bound.get();
    List<RequestUnits> payers =
        part.partitions().stream()
            .map(partition -> requestUnits.computeIfAbsent(partition.id(), _ -> full.get()))
            .toList();
    Duration wait =
        payers.stream().map(RequestUnits::toWait).max(Comparator.naturalOrder()).orElseThrow();
    if (wait.isPositive()) {
      return RequestUnits.refusal(wait);
    }
    Answer answer = operation.get();
    if (answer instanceof Answer.Success success) {
      payers.forEach(units -> units.spend(success.charge() / payers.size()));
    }
    return answer;
  }

  /** Splits each partition in two with new ids; the old ids are gone. */
  void split() {
    int next = partitions.stream().mapToInt(p -> Integer.parseInt(p.id())).max().orElseThrow() + 1;
    List<PhysicalPartition> parts = new ArrayList<>();
    for (PhysicalPartition partition : partitions) {
      String middle = middle(partition);
      parts.add(partition.part(Integer.toString(next++), partition.min(), middle));
      parts.add(partition.part(Integer.toString(next++), middle, partition.max()));
    }
    partitions = List.copyOf(parts);
  }

  /**
   * The middle of a partition's keys. Of hierarchical ones it is the median of those there are, as
   * one prefix may have most items: the only way to split that between its lower levels.
   */
  private String middle(PhysicalPartition partition) {
    List<String> keys = partition.items().stream().map(Item::epk).distinct().sorted().toList();
    return keyDefinition.hierarchical() && keys.size() > 1
        ? keys.get(keys.size() / 2)
        : Epk.middle(partition.min(), partition.max());
  }
}
