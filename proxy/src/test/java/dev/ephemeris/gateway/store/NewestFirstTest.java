package dev.ephemeris.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.store.NewestFirst.Which;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Lists by pages, of a table with few times and many rows. */
class NewestFirstTest {

  private static final NewestFirst THINGS = new NewestFirst("thing", "at");
  private static final Which OF_A =
      new Which(List.of("owner = :who", "acts_for = :who"), Map.of("who", "a"));
  private static final Which OWNED_BY_A = new Which(List.of("owner = :who"), Map.of("who", "a"));

  private static Path folder;
  private static Database database;

  @BeforeContainer
  static void open() throws IOException {
    folder = Files.createTempDirectory("pages-");
    database = Database.open(folder.resolve("ephemeris.db"));
    sql(
        "CREATE TABLE thing (id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL,"
            + " owner TEXT NOT NULL, acts_for TEXT)");
    sql("CREATE INDEX thing_by_owner ON thing (owner, at DESC, id DESC)");
    sql("CREATE INDEX thing_by_acted_for ON thing (acts_for, at DESC, id DESC)");
  }

  @AfterContainer
  static void close() throws IOException {
    database.close();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static void sql(String statement) {
    int unused = database.transaction(handle -> handle.execute(statement)).await();
  }

  private record Thing(String id, Instant at, String owner, String actsFor) {
    static Thing random(Random random, int number) {
      return new Thing(
          "t-" + (char) ('a' + random.nextInt(26)) + number,
          Instant.ofEpochSecond(random.nextInt(6)),
          random.nextBoolean() ? "a" : "b",
          random.nextBoolean() ? "a" : "c");
    }

    Position position() {
      return new Position(at, id);
    }

    boolean isOf(Which which) {
      return which.equals(Which.ALL)
          || owner.equals("a")
          || (which.equals(OF_A) && actsFor.equals("a"));
    }

    /** All of them at once: each commit waits for the disk. */
    static void keep(List<Thing> things) {
      int unused =
          database
              .transaction(
                  handle ->
                      things.stream()
                          .mapToInt(
                              thing ->
                                  handle.execute(
                                      "INSERT INTO thing VALUES (?, ?, ?, ?)",
                                      thing.id(),
                                      Database.micros(thing.at()),
                                      thing.owner(),
                                      thing.actsFor()))
                          .sum())
              .await();
    }

    void remove() {
      int unused =
          database
              .transaction(handle -> handle.execute("DELETE FROM thing WHERE id = ?", id))
              .await();
    }
  }

  private static Page<String> page(PageWanted wanted, Which which) {
    return database
        .transaction(
            handle ->
                THINGS.page(
                    handle,
                    wanted,
                    which,
                    row ->
                        // As of a row whose MAC doesn't fit.
                        row.getString("id").startsWith("t-x")
                            ? Optional.empty()
                            : Optional.of(row.getString("id"))))
        .await();
  }

  private static List<Thing> things(Random random, int size) {
    sql("DELETE FROM thing");
    List<Thing> things = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      things.add(Thing.random(random, i));
    }
    Thing.keep(things);
    return things;
  }

  private static Which which(Random random) {
    return List.of(Which.ALL, OF_A, OWNED_BY_A).get(random.nextInt(3));
  }

  @Property(tries = 60)
  void eachIsOnOnePageInTheOrderOfTheList(
      @ForAll long seed,
      @ForAll @IntRange(max = 60) int size,
      @ForAll @IntRange(min = 1, max = 70) int most) {
    Random random = new Random(seed);
    List<Thing> things = things(random, size);
    Which which = which(random);

    List<String> read = new ArrayList<>();
    Optional<Position> next = Optional.empty();
    do {
      Page<String> page = page(new PageWanted(next, most), which);
      assertThat(page.entries()).hasSizeLessThanOrEqualTo(most);
      read.addAll(page.entries());
      next = page.next();
    } while (next.isPresent());

    assertThat(read)
        .containsExactlyElementsOf(
            things.stream()
                .filter(thing -> thing.isOf(which))
                .filter(thing -> !thing.id().startsWith("t-x"))
                .sorted(Comparator.comparing(Thing::position))
                .map(Thing::id)
                .toList());
  }

  @Property(tries = 60)
  void whatComesAndGoesMovesNothingThatWasThere(
      @ForAll long seed,
      @ForAll @IntRange(max = 60) int size,
      @ForAll @IntRange(min = 1, max = 10) int most) {
    Random random = new Random(seed);
    List<Thing> things = things(random, size);
    Which which = which(random);
    Set<String> gone = new HashSet<>();

    List<String> read = new ArrayList<>();
    Optional<Position> next = Optional.empty();
    int number = size;
    do {
      Page<String> page = page(new PageWanted(next, most), which);
      read.addAll(page.entries());
      next = page.next();
      for (int i = random.nextInt(4); i > 0 && number < 2 * size + 10; i--) {
        Thing.keep(List.of(Thing.random(random, number++)));
      }
      if (random.nextBoolean() && !things.isEmpty()) {
        Thing removed = things.get(random.nextInt(things.size()));
        removed.remove();
        gone.add(removed.id());
      }
    } while (next.isPresent());

    assertThat(read).doesNotHaveDuplicates();
    assertThat(read)
        .containsAll(
            things.stream()
                .filter(thing -> thing.isOf(which))
                .map(Thing::id)
                .filter(id -> !id.startsWith("t-x") && !gone.contains(id))
                .toList());
  }
}
