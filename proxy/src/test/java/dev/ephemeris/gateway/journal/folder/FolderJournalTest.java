package dev.ephemeris.gateway.journal.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Durability;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Settings;
import dev.ephemeris.gateway.journal.log.LogReader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderJournalTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final Path folder;

  FolderJournalTest(@TempDir Path within) {
    folder = within.resolve("journal");
  }

  private static JournalRecord failure(String reason) {
    return new JournalRecord.AuthenticationFailed(
        NOW, "api", "127.0.0.1", Optional.empty(), reason);
  }

  private static JournalRecord outcome(int request) {
    return new JournalRecord.RequestOutcome(
        NOW,
        "r-" + request,
        "activity-" + request,
        200,
        0,
        1.0,
        Optional.empty(),
        Optional.empty(),
        12,
        3.5);
  }

  private List<JournalEntry> entries() throws JournalException {
    return TestJournals.entries(folder);
  }

  private List<String> reasons() throws JournalException {
    return entries().stream().map(entry -> entry.fields().path("reason").asText()).toList();
  }

  private FolderJournal open() throws JournalException {
    return TestJournals.open(folder);
  }

  /** One whose records nobody seals before it is closed. */
  private FolderJournal unsealed(int segments) throws JournalException {
    return FolderJournal.open(
        folder,
        TestJournals.key(),
        new Settings(Durability.PROCESS, Segment.SMALLEST, 1, segments, Duration.ofDays(1)),
        InstantSource.system());
  }

  /** As if the process had been killed: what it had appended and not sealed is put back. */
  private void killed(FolderJournal journal, Path copy) throws Exception {
    prepared();
    copy(folder, copy);
    journal.close();
    delete(folder);
    Files.move(copy, folder);
  }

  /** Until the next segment is made, so that no file comes or goes while they are copied. */
  private void prepared() throws Exception {
    while (segments().size() < 2) {
      Thread.sleep(5);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(each -> !each.toString().endsWith(".new")).toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private List<Path> segments() throws IOException {
    return LeftSegments.files(folder.resolve("segments"));
  }

  @Test
  void keepsRecordsInTheirOrderAcrossRestarts() throws Exception {
    try (Journal journal = open()) {
      journal.append(failure("one"));
      journal.append(failure("two"));
    }
    try (Journal journal = open()) {
      journal.append(failure("three"));
    }

    assertThat(entries()).extracting(JournalEntry::sequence).containsExactly(0L, 1L, 2L);
    assertThat(reasons()).containsExactly("one", "two", "three");
    assertThat(entries().getFirst().type()).isEqualTo("authenticationFailed");
    assertThat(entries().getFirst().fields().path("at").asText()).isEqualTo("2026-11-24T09:00:00Z");
    assertThat(new LogReader(folder).size()).isEqualTo(3);
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    try (Journal journal = open()) {
      journal.append(failure("one"));
      prepared();

      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(each -> !each.toString().endsWith(".new")).toList()) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .as(file.toString())
              .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
        }
      }
    }
  }

  @Test
  void canBeReadWhenAppendReturns() throws Exception {
    try (Journal journal = unsealed(4)) {
      journal.append(failure("now"));

      assertThat(reasons()).containsExactly("now");
      assertThat(new LogReader(folder).size()).isZero();
    }
  }

  /** Without anybody asking for it, and while it goes on. */
  @Test
  void sealsWhileItIsOpen() throws Exception {
    try (Journal journal = open()) {
      journal.append(failure("one"));
      while (new LogReader(folder).size() < 1) {
        Thread.sleep(10);
      }
      journal.append(failure("two"));
      assertThat(reasons()).containsExactly("one", "two");
      while (new LogReader(folder).size() < 2) {
        Thread.sleep(10);
      }
    }
    assertThat(reasons()).containsExactly("one", "two");
  }

  @Test
  void keepsRecordsApartWhateverIsInThem() throws Exception {
    String nasty = "a\n{\"sequence\":1,\"type\":\"leaseIssued\"}\r\u2028\u0000\"\\";
    try (Journal journal = open()) {
      journal.append(failure(nasty));
      journal.append(failure("next"));
    }

    assertThat(reasons()).containsExactly(nasty, "next");
  }

  @Test
  void takesRecordsOfManyThreadsOverManySegments() throws Exception {
    try (Journal journal = open();
        var threads = Executors.newFixedThreadPool(8)) {
      List<java.util.concurrent.Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int of = thread;
        done.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 1_000; i++) {
                    appendOnce(journal, failure(of + " " + i + "r".repeat(i)));
                  }
                  return null;
                }));
      }
      for (var each : done) {
        each.get();
      }
    }

    List<String> reasons = reasons();
    assertThat(reasons).hasSize(8_000).doesNotHaveDuplicates();
    for (int thread = 0; thread < 8; thread++) {
      String of = thread + " ";
      assertThat(reasons.stream().filter(reason -> reason.startsWith(of)))
          .as("in the order in which its thread appended them")
          .isSortedAccordingTo(java.util.Comparator.comparingInt(String::length));
    }
  }

  /** Where the disk is slower than the threads, it is refused and nothing of it is kept. */
  private static void appendOnce(Journal journal, JournalRecord record) throws Exception {
    while (true) {
      try {
        journal.append(record);
        return;
      } catch (JournalException noRoom) {
        Thread.sleep(5);
      }
    }
  }

  @Test
  void sealsWhatAKilledProcessHasLeft() throws Exception {
    FolderJournal journal = unsealed(4);
    journal.append(failure("one"));
    journal.append(failure("two"));
    killed(journal, folder.resolveSibling("copy"));
    assertThat(reasons()).containsExactly("one", "two");
    assertThat(new LogReader(folder).size()).isZero();

    try (Journal again = open()) {
      assertThat(new LogReader(folder).size()).isEqualTo(2);
      again.append(failure("three"));
    }

    assertThat(reasons()).containsExactly("one", "two", "three");
  }

  /** It had claimed a place and was killed before it filled it; others had filled theirs. */
  @Test
  void passesOverARecordThatWasNeverFinished() throws Exception {
    for (int torn = 0; torn < 3; torn++) {
      Path at = folder.resolveSibling("torn-" + torn);
      Segment segment = segment(at);
      long[] begins = new long[4];
      for (int i = 0; i < 3; i++) {
        begins[i] = segment.tail();
        assertThat(segment.append(json("r" + i))).isTrue();
      }
      begins[3] = segment.tail();
      segment.close();
      byte[] zeros = new byte[(int) (begins[torn + 1] - begins[torn])];
      write(segment.file(), begins[torn], zeros);

      try (Journal again = TestJournals.open(at)) {
        again.append(failure("after"));
      }

      List<String> expected = new ArrayList<>(List.of("r0", "r1", "r2", "after"));
      expected.remove("r" + torn);
      assertThat(TestJournals.entries(at))
          .extracting(entry -> entry.fields().path("reason").asText())
          .containsExactlyElementsOf(expected);
    }
  }

  /** What is forced to disk again is all from there on, since its writer will wait for that. */
  @Test
  void knowsWhereSomethingIsStillToBeWritten() throws Exception {
    Segment segment = segment(folder);
    assertThat(segment.append(json("first"))).isTrue();
    long second = segment.tail();
    assertThat(segment.append(json("second"))).isTrue();
    assertThat(segment.append(json("third"))).isTrue();
    assertThat(segment.writtenFrom(Segment.HEADER)).isEqualTo(segment.tail());

    byte[] magic =
        Arrays.copyOfRange(Files.readAllBytes(segment.file()), (int) second, (int) second + 4);
    write(segment.file(), second, new byte[4]);
    assertThat(segment.writtenFrom(Segment.HEADER)).isEqualTo(second);

    write(segment.file(), second, magic);
    assertThat(segment.writtenFrom(second)).isEqualTo(segment.tail());
    segment.close();
    assertThat(segment.isEnd(segment.writtenFrom(Segment.HEADER))).isTrue();
  }

  /** At a power failure any page may be what it was. */
  @Test
  void takesNothingThatIsNotWhatWasWritten() throws Exception {
    Segment segment = segment(folder);
    assertThat(segment.append(json("first"))).isTrue();
    long second = segment.tail();
    assertThat(segment.append(json("second"))).isTrue();
    segment.close();
    write(segment.file(), second + Segment.FRAME + 30, "XXXX".getBytes(StandardCharsets.UTF_8));

    try (Journal again = open()) {
      again.append(failure("after"));
    }

    assertThat(reasons()).containsExactly("first", "after");
  }

  private static Segment segment(Path journal) throws Exception {
    TestJournals.open(journal).close();
    return Segment.create(journal.resolve("segments"), 7, 0, Segment.SMALLEST);
  }

  private static byte[] json(String reason) {
    return dev.ephemeris.gateway.journal.RecordJson.bytes(failure(reason));
  }

  private static void write(Path file, long at, byte[] bytes) throws IOException {
    try (var channel = java.nio.channels.FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(bytes), at);
    }
  }

  /** Sealed, and the segment that it was in still there. */
  @Test
  void sealsNothingTwice() throws Exception {
    FolderJournal journal = unsealed(4);
    journal.append(failure("one"));
    journal.append(failure("two"));
    prepared();
    Path copy = folder.resolveSibling("copy");
    copy(folder.resolve("segments"), copy);
    journal.close();
    delete(folder.resolve("segments"));
    Files.move(copy, folder.resolve("segments"));

    try (Journal again = open()) {
      again.append(failure("three"));
    }

    assertThat(reasons()).containsExactly("one", "two", "three");
  }

  @Test
  void goesOnFromNoLogThatWasPutBack() throws Exception {
    try (Journal journal = open()) {
      journal.append(failure("one"));
    }
    Path old = folder.resolveSibling("old");
    copy(folder, old);
    try (Journal journal = open()) {
      journal.append(failure("two"));
    }
    FolderJournal journal = unsealed(4);
    journal.append(failure("three"));
    prepared();
    Path segments = folder.resolveSibling("segments-of-now");
    copy(folder.resolve("segments"), segments);
    journal.close();
    delete(old.resolve("segments"));
    Files.move(segments, old.resolve("segments"));

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> TestJournals.open(old))
        .withMessageContaining("it was put back to an earlier state");
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> TestJournals.entries(old))
        .withMessageContaining("doesn't begin where the log ends");
  }

  @Test
  void goesOnWithoutNoSegmentThatIsMissing() throws Exception {
    FolderJournal journal = unsealed(8);
    while (segments().size() < 4) {
      appendOnce(journal, failure("r".repeat(10_000)));
    }
    Path copy = folder.resolveSibling("copy");
    copy(folder.resolve("segments"), copy);
    journal.close();
    delete(folder.resolve("segments"));
    Files.move(copy, folder.resolve("segments"));
    Files.delete(segments().getFirst());

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(this::open)
        .withMessageContaining("isn't the first segment: one is missing");
  }

  @Test
  void goesOnWithoutNoSegmentInTheMiddle() throws Exception {
    FolderJournal journal = unsealed(8);
    while (segments().size() < 4) {
      appendOnce(journal, failure("r".repeat(10_000)));
    }
    journal.append(failure("in the third"));
    Path copy = folder.resolveSibling("copy");
    copy(folder.resolve("segments"), copy);
    journal.close();
    delete(folder.resolve("segments"));
    Files.move(copy, folder.resolve("segments"));
    Files.delete(segments().get(1));

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(this::open)
        .withMessageContaining("doesn't follow on the one before it");
  }

  /** Its segments are taken away at a start, and that may be cut short anywhere. */
  @Test
  void startsHoweverFarTheStartBeforeHadCome() throws Exception {
    try (FolderJournal journal = open()) {
      while (segments().size() < 4) {
        appendOnce(journal, failure("r".repeat(10_000)));
      }
      journal.append(failure("last"));
    }
    int segments = segments().size();
    List<String> before = reasons();
    assertThat(segments).isGreaterThan(1);
    Path whole = folder.resolveSibling("whole");
    copy(folder, whole);
    for (int gone = 0; gone <= segments; gone++) {
      delete(folder);
      copy(whole, folder);
      for (Path file : segments().reversed().subList(0, gone)) {
        Files.delete(file);
      }
      try (Journal again = open()) {
        again.append(failure("after " + gone));
      }
      assertThat(reasons().subList(0, before.size())).isEqualTo(before);
      assertThat(reasons()).hasSize(before.size() + 1).endsWith("after " + gone);
    }
  }

  /** By whoever was appending when it was closed, and has its record. */
  @Test
  void keepsWhatWasAppendedWhileItWasClosed() throws Exception {
    FolderJournal journal = open();
    List<String> taken = new java.util.concurrent.CopyOnWriteArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int of = i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; ; n++) {
                      String reason = of + "-" + n;
                      try {
                        journal.append(failure(reason));
                      } catch (JournalException closed) {
                        if (String.valueOf(closed.getMessage()).endsWith("is closed.")) {
                          return;
                        }
                        continue;
                      }
                      taken.add(reason);
                    }
                  }));
    }
    while (taken.size() < 2_000) {
      Thread.sleep(1);
    }
    journal.close();
    for (Thread thread : threads) {
      thread.join();
    }

    open().close();
    assertThat(reasons()).containsAll(taken).doesNotHaveDuplicates();
  }

  @Test
  void refusesWhatBeginsWhileThereIsNoRoomAndKeepsWhatEnds() throws Exception {
    try (FolderJournal journal = unsealed(2)) {
      Throwable refusal = null;
      while (refusal == null) {
        refusal = catchThrowable(() -> journal.append(failure("r".repeat(2_000))));
        Thread.sleep(1);
      }
      assertThat(refusal)
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("has no room left: what is recorded is sealed more slowly");
      assertThatExceptionOfType(JournalException.class).isThrownBy(journal::check);

      for (int i = 0; i < 100; i++) {
        journal.append(outcome(i));
      }
    }
    assertThat(entries()).filteredOn(entry -> entry.type().equals("requestOutcome")).hasSize(100);
    try (FolderJournal journal = open()) {
      journal.check();
      journal.append(failure("there is room again"));
    }
  }

  @Test
  void isOnDiskOnceItIsSettled() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (FolderJournal journal =
        FolderJournal.open(
            folder,
            TestJournals.key(),
            TestJournals.settings(Durability.DISK),
            InstantSource.system())) {
      journal.append(failure("by a thread that waits"));
      List<Future<Boolean>> done = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        String reason = "by an event loop " + i;
        done.add(
            vertx
                .<Future<Boolean>>executeBlocking(() -> Future.succeededFuture(true))
                .compose(
                    unused -> {
                      var context = Vertx.currentContext();
                      try {
                        journal.append(failure(reason));
                      } catch (JournalException e) {
                        return Future.failedFuture(e);
                      }
                      return Future.fromCompletionStage(journal.settled(), context)
                          .map(settled -> context == Vertx.currentContext());
                    }));
      }
      for (Future<Boolean> each : done) {
        assertThat(each.await()).isTrue();
      }
      assertThat(reasons()).hasSize(51);
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void settlesAtOnceWhereTheProcessIsEnough() throws Exception {
    try (FolderJournal journal = open()) {
      journal.append(failure("one"));

      assertThat(journal.settled()).isSameAs(Journal.SETTLED);
    }
  }

  @Test
  void isWrittenByOneAtATime() throws Exception {
    try (Journal journal = open()) {
      journal.append(failure("mine"));

      assertThatExceptionOfType(JournalException.class)
          .isThrownBy(this::open)
          .withMessageContaining("is in use by another gateway");
    }
    open().close();
  }

  @Test
  void refusesAfterItWasClosed() throws Exception {
    FolderJournal journal = open();
    journal.close();

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(() -> journal.append(failure("late")))
        .withMessage("The journal " + folder + " is closed.");
    assertThatExceptionOfType(JournalException.class).isThrownBy(journal::check);
    journal.close();
  }

  @Test
  void saysWhyItCannotBeOpened() throws Exception {
    Files.writeString(folder, "a file");

    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(this::open)
        .withMessageContaining("can't be opened");
    assertThatExceptionOfType(JournalException.class)
        .isThrownBy(this::entries)
        .withMessageContaining("a journal is a folder, and this isn't one");
  }

  /** What can't be sealed is kept, told, and sealed once it can be. */
  @Test
  void goesOnSealingAfterAFailure() throws Exception {
    Path bundles = folder.resolve("tile/entries");
    try (FolderJournal journal = open()) {
      journal.append(failure("one"));
      while (new LogReader(folder).size() < 1) {
        Thread.sleep(10);
      }
      Path aside = folder.resolve("aside");
      Files.move(bundles, aside);
      Files.writeString(bundles, "in the way");
      journal.append(failure("two"));
      while (catchThrowable(journal::check) == null) {
        Thread.sleep(10);
      }
      assertThat(catchThrowable(journal::check)).hasMessageContaining("can't be sealed");
      journal.append(failure("three"));

      Files.delete(bundles);
      Files.move(aside, bundles);
      while (new LogReader(folder).size() < 3) {
        Thread.sleep(10);
      }
      while (catchThrowable(journal::check) != null) {
        Thread.sleep(10);
      }
    }
    assertThat(reasons()).containsExactly("one", "two", "three");
  }
}
