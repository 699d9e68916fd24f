package dev.ephemeris.gateway.journal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An index and its log. */
class EvidenceIndexTest {

  private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");

  @TempDir private Path folder = Path.of("");

  private Path file() {
    return folder.resolve("index.db");
  }

  /** Each of somebody's own, a minute apart. */
  private static List<ObjectNode> records(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                MemoryEntries.record(
                    "sessionStarted",
                    Map.of(
                        "at", START.plus(Duration.ofMinutes(i)),
                        "principal", "corp:p" + i,
                        "sessionId", "s-" + i)))
        .toList();
  }

  private List<Long> found(EvidenceIndex index, JournalQuery query) throws JournalException {
    return index.search(query, Page.first(Page.MOST)).entries().stream()
        .map(JournalEntry::sequence)
        .toList();
  }

  private static JournalQuery session(String id) {
    JournalQuery any = JournalQuery.ANY;
    return new JournalQuery(
        any.whose(),
        any.type(),
        any.account(),
        any.scope(),
        any.action(),
        any.decision(),
        Optional.of(id),
        any.lease(),
        any.request(),
        any.activity(),
        any.since(),
        any.until());
  }

  private void make(MemoryEntries log) throws JournalException {
    try (EvidenceIndex index = EvidenceIndex.open(file(), log)) {
      index.catchUp();
    }
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    MemoryEntries log = new MemoryEntries("log", records(0, 10));
    make(log);

    try (EvidenceIndex index = EvidenceIndex.open(file(), log)) {
      assertThat(index.progress().indexed()).isEqualTo(10);
    }
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    make(new MemoryEntries("log", records(0, 1)));

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void isMadeAnewOfAnotherLog() throws Exception {
    make(new MemoryEntries("log", records(0, 10)));

    madeAnew(new MemoryEntries("another", records(20, 30)), "s-3", "s-23");
  }

  /** A log may be put in the place of another of that name. */
  @Test
  void isMadeAnewIfItsLastEntryIsAnotherNow() throws Exception {
    make(new MemoryEntries("log", records(0, 10)));

    madeAnew(new MemoryEntries("log", records(20, 40)), "s-3", "s-23");
  }

  @Test
  void isMadeAnewIfItIsAheadOfItsLog() throws Exception {
    make(new MemoryEntries("log", records(0, 10)));

    madeAnew(new MemoryEntries("log", records(0, 5)), "s-7", "s-3");
  }

  @Test
  void isMadeAnewIfItIsOfAnotherForm() throws Exception {
    make(new MemoryEntries("log", records(0, 10)));
    sql("PRAGMA user_version = 0");

    madeAnew(new MemoryEntries("log", records(0, 10)), "s-no", "s-3");
  }

  @Test
  void isMadeAnewIfItIsNoIndex() throws Exception {
    Files.writeString(file(), "something else, and longer than a page of SQLite ".repeat(200));

    madeAnew(new MemoryEntries("log", records(0, 10)), "s-no", "s-3");
  }

  @Test
  void isMadeAnewIfItWasDamagedInTheMiddle() throws Exception {
    MemoryEntries log = new MemoryEntries("log", records(0, 3000));
    make(log);
    byte[] bytes = Files.readAllBytes(file());
    byte[] junk = "damage ".repeat(100).getBytes(StandardCharsets.UTF_8);
    for (int at = 5 * 4096; at + junk.length < bytes.length; at += 4096) {
      System.arraycopy(junk, 0, bytes, at, junk.length);
    }
    Files.write(file(), bytes);
    log.addAll(records(3000, 3010));

    try (EvidenceIndex index = EvidenceIndex.open(file(), log)) {
      index.catchUp();

      assertThat(found(index, session("s-3"))).containsExactly(3L);
      assertThat(found(index, session("s-3009"))).containsExactly(3009L);
    }
  }

  private void madeAnew(MemoryEntries log, String before, String now) throws Exception {
    try (EvidenceIndex index = EvidenceIndex.open(file(), log)) {
      index.catchUp();

      assertThat(index.progress().indexed()).isEqualTo(log.size());
      assertThat(found(index, session(before))).isEmpty();
      assertThat(found(index, session(now))).containsExactly(3L);
      assertThat(found(index, JournalQuery.ANY)).hasSize((int) log.size());
    }
  }

  private void sql(String statement) throws Exception {
    try (Connection store = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement sql = store.createStatement()) {
      sql.execute(statement);
    }
  }

  @Test
  void followsWhatIsSealed() throws Exception {
    MemoryEntries log = new MemoryEntries("log", records(0, 3));
    try (EvidenceIndex index = EvidenceIndex.open(file(), log)) {
      index.follow();
      for (int i = 3; i < 30; i++) {
        log.addAll(records(i, i + 1));

        // A question waits for what was sealed before it.
        assertThat(found(index, session("s-" + i))).containsExactly((long) i);
      }
    }
  }

  /** Pages don't shift while entries come, in either order. */
  @Test
  void pagesStayWhatTheyAreWhileEntriesCome() throws Exception {
    for (boolean newestFirst : List.of(true, false)) {
      MemoryEntries log = new MemoryEntries("log " + newestFirst, records(0, 50));
      try (EvidenceIndex index = EvidenceIndex.open(file(), log)) {
        List<Long> found = new ArrayList<>();
        OptionalLong from = OptionalLong.empty();
        do {
          index.catchUp();
          Found page = index.search(JournalQuery.ANY, new Page(newestFirst, from, 7));
          page.entries().forEach(entry -> found.add(entry.sequence()));
          from = page.next();
          if (log.size() < 80) {
            log.addAll(records((int) log.size(), (int) log.size() + 5));
          }
        } while (from.isPresent());

        List<Long> ascending = newestFirst ? found.reversed() : found;
        assertThat(ascending)
            .containsExactlyElementsOf(
                IntStream.range(0, newestFirst ? 50 : 80).mapToObj(i -> (long) i).toList());
      }
    }
  }

  @Test
  void forgetsWhatTheLogNoLongerKeeps() throws Exception {
    MemoryEntries log = new MemoryEntries("log", records(0, 200));
    try (EvidenceIndex index = EvidenceIndex.open(file(), log)) {
      index.catchUp();
      log.forgetBefore(90);
      index.catchUp();

      assertThat(found(index, session("s-89"))).isEmpty();
      assertThat(found(index, session("s-90"))).containsExactly(90L);
      assertThat(index.since()).contains(START.plus(Duration.ofMinutes(90)));
      int tallied =
          index.ask(
              handle ->
                  handle.createQuery("SELECT sum(entries) FROM tally").mapTo(Integer.class).one());
      assertThat(tallied).isEqualTo(110);
    }
    try (EvidenceIndex later = EvidenceIndex.open(folder.resolve("later.db"), log)) {
      later.catchUp();

      assertThat(found(later, JournalQuery.ANY)).hasSize(110);
    }
  }
}
