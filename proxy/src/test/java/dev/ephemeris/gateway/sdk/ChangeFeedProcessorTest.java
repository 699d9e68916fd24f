package dev.ephemeris.gateway.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.cosmos.ChangeFeedProcessor;
import com.azure.cosmos.ChangeFeedProcessorBuilder;
import com.azure.cosmos.CosmosAsyncClient;
import com.azure.cosmos.CosmosAsyncContainer;
import com.azure.cosmos.CosmosAsyncDatabase;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.models.ChangeFeedProcessorItem;
import com.azure.cosmos.models.ChangeFeedProcessorOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The change feed processor of azure-cosmos in each of its modes, while a writer writes. Halfway
 * one host takes over from another by the leases in their container.
 */
class ChangeFeedProcessorTest {

  private static final String FEED = "feed";
  private static final String LEASES = "leases";
  private static final int PARTITION_KEYS = 8;

  /** An item of each partition key. */
  private static final List<String> PROBES =
      IntStream.range(0, PARTITION_KEYS)
          .mapToObj(
              key ->
                  IntStream.range(0, 1_000)
                      .mapToObj(i -> "probe-" + i)
                      .filter(id -> key(id) == key)
                      .findFirst()
                      .orElseThrow())
          .toList();

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Of leases others come too: that they aren't there yet, or that two are after one. */
  private static final Set<Integer> FINE = Set.of(200, 201, 204, 304);

  private static SdkWorld world;

  /** What was written, as {@code id@n}. */
  private final Set<String> written = new HashSet<>();

  /** What of it must be told, if all versions are. */
  private final Set<String> versions = new HashSet<>();

  /** What must be told in any case: the last {@code n} of what is there, by id. */
  private final Map<String, Integer> there = new HashMap<>();

  private final Set<String> deletions = new HashSet<>();

  /** How a processor is told of changes, and what it promises to tell. */
  private enum Mode {
    /** The latest version of each item, by ranges that have an id. */
    CHANGES,
    /** The same by ranges of hashes, which outlive a split. */
    LATEST_VERSIONS,
    ALL_VERSIONS_AND_DELETES
  }

  /** What the processors of a mode have been told. */
  private static final class Told {
    private final Mode mode;
    private final Set<String> versions = ConcurrentHashMap.newKeySet();
    private final Set<String> deletions = ConcurrentHashMap.newKeySet();

    Told(Mode mode) {
      this.mode = mode;
    }

    /** Whether some version of the item was told. */
    boolean knows(String id) {
      return versions.stream().anyMatch(version -> version.startsWith(id + "@"));
    }

    ChangeFeedProcessor processor(CosmosAsyncDatabase database, String host) {
      ChangeFeedProcessorOptions options =
          new ChangeFeedProcessorOptions()
              .setLeasePrefix(mode.name())
              .setFeedPollDelay(Duration.ofMillis(100))
              // Whoever stops may not get to give a lease back: then the next waits for its end.
              .setLeaseAcquireInterval(Duration.ofSeconds(1))
              .setLeaseRenewInterval(Duration.ofSeconds(5))
              .setLeaseExpirationInterval(Duration.ofSeconds(20))
              .setMaxItemCount(20);
      ChangeFeedProcessorBuilder processor =
          new ChangeFeedProcessorBuilder()
              .hostName(host)
              .feedContainer(database.getContainer(FEED))
              .leaseContainer(database.getContainer(LEASES))
              .options(options);
      return switch (mode) {
        case CHANGES -> {
          options.setStartFromBeginning(true);
          yield processor
              .handleChanges(changes -> changes.forEach(this::tell))
              .buildChangeFeedProcessor();
        }
        case LATEST_VERSIONS -> {
          options.setStartFromBeginning(true);
          yield processor
              .handleLatestVersionChanges(
                  changes -> changes.forEach(change -> tell(change.getCurrent())))
              .buildChangeFeedProcessor();
        }
        case ALL_VERSIONS_AND_DELETES ->
            processor
                .handleAllVersionsAndDeletesChanges(changes -> changes.forEach(this::tell))
                .buildChangeFeedProcessor();
      };
    }

    private void tell(ChangeFeedProcessorItem change) {
      switch (change.getChangeFeedMetaData().getOperationType()) {
        case CREATE, REPLACE -> tell(change.getCurrent());
        case DELETE -> deletions.add(change.toJsonNode().at("/metadata/id").textValue());
        default -> throw new IllegalStateException("not written: " + change);
      }
    }

    private void tell(JsonNode item) {
      versions.add(version(item));
    }
  }

  @BeforeAll
  static void start() throws Exception {
    world = new SdkWorld();
    world.letTimePass();
  }

  @AfterAll
  static void stop() throws IOException {
    world.close();
  }

  @Test
  void tellsOfEverythingThatIsWritten() throws Exception {
    run(Rounds.few(3), Rounds.few(6));
  }

  @Tag("full")
  @Test
  void doesSoForAMinute() throws Exception {
    run(Rounds.few(100), Rounds.forAMinute());
  }

  private void run(Rounds byTheFirstHost, Rounds altogether) throws Exception {
    world.createContainer(FEED, "/customerId");
    world.createContainer(LEASES, "/id");
    try (Watch watch = new Watch(world);
        CosmosAsyncClient client =
            new CosmosClientBuilder()
                .endpoint(world.gateway().toString())
                .key(world.lease().token())
                .gatewayMode()
                .contentResponseOnWriteEnabled(true)
                .buildAsyncClient()) {
      CosmosAsyncDatabase database = client.getDatabase(world.database("shop"));
      List<Told> told = Stream.of(Mode.values()).map(Told::new).toList();

      List<ChangeFeedProcessor> first = start(told, database, "first");
      writeUntilTold(database.getContainer(FEED), told);
      int round = 0;
      for (; byTheFirstHost.goOnAfter(round); round++) {
        write(database.getContainer(FEED), round);
      }
      await("what each has read is kept", () -> isKept(database.getContainer(LEASES)));
      first.forEach(processor -> processor.stop().block());
      List<ChangeFeedProcessor> second = start(told, database, "second");
      for (; altogether.goOnAfter(round); round++) {
        write(database.getContainer(FEED), round);
      }
      for (Told one : told) {
        Set<String> promised = one.mode == Mode.ALL_VERSIONS_AND_DELETES ? versions : latest();
        await(one.mode + ": all of it", () -> one.versions.containsAll(promised));
        assertThat(written).containsAll(one.versions);
      }
      Told all = told.getLast();
      await("all deletions", () -> all.deletions.containsAll(deletions));
      assertThat(deletions).containsAll(all.deletions);
      second.forEach(processor -> processor.stop().block());

      List<Watch.Outcome> outcomes = watch.assertNothingWentWrong();
      assertThat(outcomes)
          .filteredOn(outcome -> outcome.scope().endsWith("/colls/" + FEED))
          .allMatch(outcome -> FINE.contains(outcome.statusCode()));
      Rounds.report("change feed processor", round, written.size() + " versions", outcomes.size());
    } finally {
      world.deleteContainer(LEASES);
      world.deleteContainer(FEED);
    }
  }

  private static List<ChangeFeedProcessor> start(
      List<Told> told, CosmosAsyncDatabase database, String host) {
    List<ChangeFeedProcessor> processors = new ArrayList<>();
    for (Told one : told) {
      ChangeFeedProcessor processor = one.processor(database, host);
      processor.start().block();
      processors.add(processor);
    }
    return processors;
  }

  /**
   * A feed of all versions begins when its processor first asks, which shows by nothing else, and
   * in each physical partition on its own.
   */
  private void writeUntilTold(CosmosAsyncContainer feed, List<Told> told) throws Exception {
    AtomicInteger n = new AtomicInteger();
    await(
        "a beginning of each",
        () -> {
          int round = n.getAndIncrement();
          PROBES.forEach(probe -> put(feed, probe, round));
          return told.stream().allMatch(one -> PROBES.stream().allMatch(one::knows));
        });
    versions.clear();
  }

  /** Whoever takes over begins where the other was, or, if that isn't kept, only now. */
  private static boolean isKept(CosmosAsyncContainer leases) {
    List<JsonNode> ranges =
        Objects.requireNonNull(
                leases.queryItems("SELECT * FROM c", JsonNode.class).collectList().block())
            .stream()
            .filter(lease -> lease.has("LeaseToken"))
            .toList();
    return ranges.size() >= Mode.values().length
        && ranges.stream().allMatch(range -> range.path("ContinuationToken").isTextual());
  }

  /** Items that stay, that change, and that go. */
  private void write(CosmosAsyncContainer feed, int round) {
    for (int i = 0; i < 6; i++) {
      put(feed, "stays-" + round + "-" + i, round);
      put(feed, "changes-" + i, round);
    }
    String gone = "goes-" + round;
    put(feed, gone, round);
    feed.deleteItem(item(gone, round), null).block();
    there.remove(gone);
    deletions.add(gone);
  }

  private void put(CosmosAsyncContainer feed, String id, int n) {
    ObjectNode item = item(id, n);
    feed.upsertItem(item).block();
    written.add(version(item));
    versions.add(version(item));
    there.put(id, n);
  }

  private Set<String> latest() {
    return there.entrySet().stream()
        .map(item -> item.getKey() + "@" + item.getValue())
        .collect(Collectors.toSet());
  }

  private static ObjectNode item(String id, int n) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("customerId", "c" + key(id))
        .put("n", n);
  }

  private static int key(String id) {
    return Math.floorMod(id.hashCode(), PARTITION_KEYS);
  }

  private static String version(JsonNode item) {
    return item.path("id").textValue() + "@" + item.path("n").intValue();
  }

  private static void await(String what, BooleanSupplier met) throws InterruptedException {
    long start = System.nanoTime();
    while (!met.getAsBoolean()) {
      assertThat(System.nanoTime() - start).as(what).isLessThan(PATIENCE.toNanos());
      Thread.sleep(20);
    }
  }
}
