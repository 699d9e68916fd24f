package dev.ephemeris.gateway.journal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.policy.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The index finds what reading the whole journal finds. */
class SearchPropertyTest {

  private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");
  private static final List<String> PEOPLE =
      List.of("corp:alice", "corp:bob", "ci:copilot", "corp:o'brien\"; DROP TABLE entry; --", "%");
  private static final List<String> SCOPES =
      List.of(
          "orders-prod:/",
          "orders-prod:/dbs/shop",
          "orders-prod:/dbs/shop/colls/orders",
          "orders-prod:/dbs/shop/colls/orders-2",
          "orders-prod:/dbs/shopping/colls/orders",
          "orders-prod2:/dbs/shop/colls/orders",
          "orders-prod:/dbs/shop/colls/o%_'--");
  private static final List<String> ACTIONS =
      List.of("items/read", "items/delete", "executeQuery", "items");
  private static final List<String> SESSIONS = List.of("s-1", "s-2", "s-3");
  private static final List<String> LEASES = List.of("abc", "xyz", "ab");

  @Property(tries = 60)
  void findsWhatReadingAllFinds(
      @ForAll long seed, @ForAll @IntRange(max = 150) int size, @ForAll boolean newestFirst)
      throws Exception {
    Random random = new Random(seed);
    MemoryEntries log = new MemoryEntries("log", journal(random, size));
    Path folder = Files.createTempDirectory("evidence-");
    try (EvidenceIndex index = EvidenceIndex.open(folder.resolve("index.db"), log)) {
      index.catchUp();
      for (int i = 0; i < 40; i++) {
        JournalQuery query = query(random);
        List<JournalEntry> wanted = log.all().stream().filter(query.inOrder()).toList();

        List<JournalEntry> found = pages(index, query, newestFirst, 1 + random.nextInt(20));

        assertThat(found)
            .as("%s", query)
            .containsExactlyElementsOf(newestFirst ? wanted.reversed() : wanted);
      }
    } finally {
      delete(folder);
    }
  }

  /** One that follows has what one that is made at once has. */
  @Property(tries = 20)
  void hasTheSameHoweverItWasMade(@ForAll long seed, @ForAll @IntRange(max = 120) int size)
      throws Exception {
    Random random = new Random(seed);
    List<ObjectNode> records = journal(random, size);
    MemoryEntries log = new MemoryEntries("log", List.of());
    Path folder = Files.createTempDirectory("evidence-");
    try {
      for (int from = 0; from < size; ) {
        // Closed and opened again, as gateways are.
        int to = Math.min(size, from + 1 + random.nextInt(40));
        log.addAll(records.subList(from, to));
        try (EvidenceIndex followed = EvidenceIndex.open(folder.resolve("followed.db"), log)) {
          followed.catchUp();
        }
        from = to;
      }
      try (EvidenceIndex followed = EvidenceIndex.open(folder.resolve("followed.db"), log);
          EvidenceIndex rebuilt = EvidenceIndex.open(folder.resolve("rebuilt.db"), log)) {
        rebuilt.catchUp();
        followed.catchUp();

        assertThat(tables(followed)).isEqualTo(tables(rebuilt));
      }
    } finally {
      delete(folder);
    }
  }

  private static Map<String, List<String>> tables(EvidenceIndex index) {
    Map<String, List<String>> tables = new TreeMap<>();
    for (String table :
        List.of("state", "term", "entry", "lease_of_role", "hour", "tally", "used")) {
      tables.put(
          table,
          index.ask(
              handle ->
                  handle.createQuery("SELECT * FROM " + table).mapToMap().stream()
                      .map(Object::toString)
                      .sorted()
                      .toList()));
    }
    return tables;
  }

  private static List<JournalEntry> pages(
      EvidenceIndex index, JournalQuery query, boolean newestFirst, int size) throws Exception {
    List<JournalEntry> found = new ArrayList<>();
    OptionalLong from = OptionalLong.empty();
    do {
      Found page = index.search(query, new Page(newestFirst, from, size));
      assertThat(page.entries()).hasSizeLessThanOrEqualTo(size);
      found.addAll(page.entries());
      from = page.next();
    } while (from.isPresent());
    return found;
  }

  private static List<ObjectNode> journal(Random random, int size) {
    List<ObjectNode> records = new ArrayList<>();
    List<String> open = new ArrayList<>();
    Instant at = START;
    for (int i = 0; i < size; i++) {
      // Times nearly go up, not quite: several threads write.
      at = at.plus(Duration.ofSeconds(random.nextInt(1200) - 120));
      records.add(record(random, at, i, open));
    }
    return records;
  }

  private static ObjectNode record(Random random, Instant at, int i, List<String> open) {
    Map<String, Object> fields = new TreeMap<>();
    if (random.nextInt(30) > 0) {
      fields.put("at", at.plusNanos(random.nextInt(3)));
    }
    switch (random.nextInt(8)) {
      case 0 -> {
        fields.putAll(Map.of("requestId", "r-" + i, "activityId", "a-" + i));
        open.add("r-" + i);
        return MemoryEntries.record("requestIntent", facets(random, fields));
      }
      case 1 -> {
        boolean known = !open.isEmpty() && random.nextInt(5) > 0;
        String request = known ? open.remove(random.nextInt(open.size())) : "r-nobody-" + i;
        fields.putAll(Map.of("requestId", request, "activityId", "b-" + i, "statusCode", 200));
        return MemoryEntries.record(
            random.nextBoolean() ? "requestOutcome" : "outcomeUnknown", fields);
      }
      case 2 -> {
        fields.put("leaseIds", LEASES.subList(0, random.nextInt(LEASES.size() + 1)));
        return MemoryEntries.record("roleAssigned", fields);
      }
      case 3 -> {
        fields.putAll(Map.of("account", "orders-prod", "by", one(random, PEOPLE)));
        return MemoryEntries.record("rotationProgress", fields);
      }
      case 4 -> {
        fields.putAll(Map.of("target", one(random, PEOPLE), "by", one(random, PEOPLE)));
        return MemoryEntries.record("accessEnded", fields);
      }
      default -> {
        return MemoryEntries.record(
            one(random, List.of("decision", "leaseIssued", "operationDecided", "ofAnotherDay")),
            facets(random, fields));
      }
    }
  }

  private static Map<String, Object> facets(Random random, Map<String, Object> fields) {
    fields.put("principal", one(random, PEOPLE));
    if (random.nextInt(3) == 0) {
      fields.put("actsFor", one(random, PEOPLE));
    }
    if (random.nextInt(3) > 0) {
      fields.put("scope", one(random, SCOPES));
    }
    fields.put("actions", ACTIONS.subList(random.nextInt(2), 1 + random.nextInt(ACTIONS.size())));
    fields.put("sessionId", one(random, SESSIONS));
    fields.put("leaseId", one(random, LEASES));
    fields.put("decision", one(random, List.of("allow", "deny", "report")));
    fields.put("rule", one(random, List.of("one", "another")));
    return fields;
  }

  private static JournalQuery query(Random random) {
    return new JournalQuery(
        sometimes(random, Set.of(one(random, PEOPLE), one(random, List.of("corp:opal", "nobody")))),
        sometimes(random, one(random, List.of("requestIntent", "requestOutcome", "decision"))),
        sometimes(random, one(random, List.of("orders-prod", "orders-prod2", "orders"))),
        sometimes(random, Scope.parse(one(random, SCOPES.subList(0, 6)))),
        sometimes(random, one(random, ACTIONS)),
        sometimes(random, one(random, List.of("allow", "deny", "report"))),
        sometimes(random, one(random, SESSIONS)),
        sometimes(random, one(random, LEASES)),
        random.nextInt(20) == 0 ? Optional.of("r-" + random.nextInt(50)) : Optional.empty(),
        random.nextInt(20) == 0 ? Optional.of("a-" + random.nextInt(50)) : Optional.empty(),
        sometimes(random, time(random)),
        sometimes(random, time(random)));
  }

  private static Instant time(Random random) {
    return START.plus(Duration.ofMinutes(random.nextInt(900))).plusNanos(random.nextInt(3));
  }

  private static <T> Optional<T> sometimes(Random random, T value) {
    return random.nextInt(5) == 0 ? Optional.of(value) : Optional.empty();
  }

  private static <T> T one(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static void delete(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
