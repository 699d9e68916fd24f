package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.PartitionKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code GET …/docs} with {@code A-IM}: what changed since the step that an etag names. Etags are
 * LSNs that anyone can write; nothing in them is signed.
 */
final class ChangeFeed {

  private static final String INCREMENTAL = "incremental feed";
  private static final String WIRE_FORMAT = "x-ms-cosmos-changefeed-wire-format-version";
  private static final String SEPARATE_METADATA = "2021-09-15";
  private static final String ALL_VERSIONS = "full-fidelity feed";

  /** One entry, and the step that it was part of: a page never ends inside of a step. */
  private record Entry(PhysicalPartition partition, long lsn, ObjectNode json) {}

  Answer answer(Call call, Container container) {
    if (!call.method().equals("GET")) {
      return Answer.notSimulated("queries over the change feed");
    }
    String mode = call.header(CosmosHeaders.A_IM).orElse("").toLowerCase(Locale.ROOT);
    return switch (QueryScope.of(call, container)) {
      case QueryScope.Refused(Answer answer) -> answer;
      case QueryScope.Part part ->
          switch (mode) {
            case INCREMENTAL -> incremental(call, container, part);
            case ALL_VERSIONS -> allVersions(call, container, part);
            default -> Answer.badRequest("The value of A-IM is invalid.");
          };
    };
  }

  /** The latest version of each item that changed; deletions aren't told. */
  private static Answer incremental(Call call, Container container, QueryScope.Part part) {
    Optional<String> since = call.header("if-modified-since");
    Optional<Instant> time = since.flatMap(HttpDate::parse);
    if (since.isPresent() && time.isEmpty()) {
      return Answer.badRequest("The value of If-Modified-Since is invalid.");
    }
    long from = time.map(Instant::getEpochSecond).orElse(0L);
    // As the change feed processor by ranges of hashes asks.
    boolean separate = call.header(WIRE_FORMAT).filter(SEPARATE_METADATA::equals).isPresent();
    return pages(
        call,
        container,
        part,
        start ->
            start
                .partition()
                .changedAfter(start.lsn())
                .filter(part.filter())
                .filter(item -> item.content().path("_ts").longValue() >= from)
                .map(
                    item ->
                        new Entry(
                            start.partition(),
                            item.lsn(),
                            separate ? latestBesideMetadata(item) : latest(item))));
  }

  private static ObjectNode latestBesideMetadata(Item item) {
    ObjectNode json = Json.object();
    json.set("current", item.content());
    json.putObject("metadata")
        .put("lsn", item.lsn())
        .put("crts", item.content().path("_ts").longValue());
    return json;
  }

  private static ObjectNode latest(Item item) {
    return item.content().deepCopy().put("_lsn", item.lsn());
  }

  /** Every change with what was before it, deletions too. */
  private static Answer allVersions(Call call, Container container, QueryScope.Part part) {
    if (call.header(CosmosHeaders.IF_NONE_MATCH).isEmpty()) {
      return Answer.badRequest(
          "The feed of all versions and deletes can't be read from the beginning.");
    }
    return pages(
        call,
        container,
        part,
        start ->
            start
                .partition()
                .changesAfter(start.lsn())
                .filter(change -> part.filter().test(change.item()))
                .map(change -> new Entry(start.partition(), change.lsn(), version(change))));
  }

  private static ObjectNode version(Change change) {
    ObjectNode json = Json.object();
    ObjectNode current = json.putObject("current");
    change.after().ifPresent(item -> current.setAll(item.content()));
    ObjectNode metadata = json.putObject("metadata");
    metadata.put("operationType", operation(change)).put("lsn", change.lsn());
    metadata.put("crts", change.time());
    metadata.put("previousImageLSN", change.before().map(Item::lsn).orElse(0L));
    if (change.after().isEmpty()) {
      Item gone = change.item();
      metadata.put("timeToLiveExpired", change.expired()).put("id", gone.id());
      metadata.set("partitionKey", json(gone.key()));
    }
    change.before().ifPresent(item -> json.set("previous", item.content()));
    return json;
  }

  private static String operation(Change change) {
    if (change.before().isEmpty()) {
      return "create";
    }
    return change.after().isEmpty() ? "delete" : "replace";
  }

  private static JsonNode json(PartitionKey key) {
    return Json.parse(key.header().getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  private record Start(PhysicalPartition partition, long lsn) {}

  private static Answer pages(
      Call call,
      Container container,
      QueryScope.Part part,
      Function<Start, Stream<Entry>> entriesFrom) {
    Optional<List<Start>> starts = starts(call, part.partitions());
    Optional<Integer> size = Queries.pageSize(call);
    if (starts.isEmpty()) {
      return Answer.badRequest("The value of If-None-Match is invalid.");
    }
    if (size.isEmpty()) {
      return Answer.badRequest("The value of x-ms-max-item-count is invalid.");
    }
    Map<PhysicalPartition, Long> reached = new HashMap<>();
    List<Entry> page = new ArrayList<>();
    for (Start start : starts.get()) {
      if (!start.partition().remembers(start.lsn()) && isAllVersions(call)) {
        return Answer.badRequest("The changes since then are no longer kept.");
      }
      reached.put(start.partition(), read(start, entriesFrom, page, size.get()));
    }
    Answer.Success answer =
        page.isEmpty()
            ? Answer.empty(304)
            : Feed.of(container.rid(), "Documents", page.stream().map(Entry::json).toList());
    return answer
        .with("etag", etag(part.partitions(), reached))
        .with(
            CosmosHeaders.SESSION_TOKEN,
            part.partitions().stream()
                .map(PhysicalPartition::sessionToken)
                .collect(Collectors.joining(",")))
        .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
        .with(CosmosHeaders.CONTENT_PATH, container.rid())
        .charged(Charge.query(page.size(), page.size()));
  }

  private static boolean isAllVersions(Call call) {
    return call.header(CosmosHeaders.A_IM).filter(ALL_VERSIONS::equalsIgnoreCase).isPresent();
  }

  /** Adds to a page until it is full and its last step whole; returns how far that is. */
  private static long read(
      Start start, Function<Start, Stream<Entry>> entriesFrom, List<Entry> page, int size) {
    long reached = start.lsn();
    for (Entry entry : (Iterable<Entry>) entriesFrom.apply(start)::iterator) {
      if (page.size() >= size && entry.lsn() > reached) {
        return reached;
      }
      page.add(entry);
      reached = entry.lsn();
    }
    return start.partition().lsn();
  }

  /** Where each partition is read from; empty if the header can't be read. */
  private static Optional<List<Start>> starts(Call call, List<PhysicalPartition> partitions) {
    Optional<String> etag = call.header(CosmosHeaders.IF_NONE_MATCH);
    List<Start> starts = new ArrayList<>();
    for (PhysicalPartition partition : partitions) {
      Optional<Long> lsn =
          etag.isEmpty()
              ? Optional.of(0L)
              : etag.get().equals("*")
                  ? Optional.of(partition.lsn())
                  : Etag.number(etag.get()).or(() -> inList(etag.get(), partition));
      if (lsn.isEmpty()) {
        return Optional.empty();
      }
      starts.add(new Start(partition, lsn.get()));
    }
    return Optional.of(starts);
  }

  /** One partition's LSN, or several as {@code 0:12,1:7}. */
  private static String etag(List<PhysicalPartition> partitions, Map<PhysicalPartition, Long> at) {
    return partitions.size() == 1
        ? Etag.of(at.getOrDefault(partitions.getFirst(), 0L))
        : partitions.stream()
            .map(partition -> partition.id() + ":" + at.get(partition))
            .collect(Collectors.joining(",", "\"", "\""));
  }

  /** The LSN of a partition, or of the one that it was split from. */
  private static Optional<Long> inList(String etag, PhysicalPartition partition) {
    for (String entry : etag.replace("\"", "").split(",", -1)) {
      int colon = entry.indexOf(':');
      String id = entry.substring(0, Math.max(colon, 0));
      if (partition.id().equals(id) || partition.parents().contains(id)) {
        return Etag.number(entry.substring(colon + 1));
      }
    }
    return Optional.empty();
  }
}
