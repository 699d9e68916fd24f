package dev.ephemeris.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.Notifications;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.config.SinkUrl;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.LosableJournal;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.Channel;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is to be told is told, whatever happens in between. */
class NotifierTest {

  private static final Channel OPS = new Channel("ops");

  private final Vertx vertx = Vertx.vertx();
  private final SettableClock clock = new SettableClock();
  private final AtomicBoolean lost = new AtomicBoolean();
  private final Receiver receiver = new Receiver(vertx, Optional.empty());
  private final Path folder;
  private final Journal journal;
  private final LeaseSecrets seal =
      new LeaseSecrets(
          List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
  private Database database;
  private Notifier notifier;

  NotifierTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    this.journal = new LosableJournal(TestJournals.open(folder.resolve("journal")), lost);
    this.database = Database.open(folder.resolve("store.db"));
    this.notifier = notifier(database);
  }

  @AfterEach
  void close() throws Exception {
    database.close();
    journal.close();
    vertx.close().await();
  }

  private Notifier notifier(Database store) {
    return new Notifier(
        vertx,
        store,
        seal,
        new Notifications(
            List.of(
                new Notifications.Way(
                    OPS,
                    Optional.of(
                        new Notifications.Webhook(
                            SinkUrl.parse(receiver.url("/hook")),
                            new SecretSource(
                                Optional.of(Path.of("s")), Optional.empty(), Optional.empty()),
                            Optional.empty())),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()))),
        source -> "whsec_" + Base64.getEncoder().encodeToString(new byte[32]),
        who -> "user:default/alice",
        journal,
        clock);
  }

  private void tell(Channel... channels) {
    database
        .transaction(
            handle -> {
              notifier.tell(handle, Set.of(channels), Samples.asked("a refund is stuck"));
              return true;
            })
        .await();
  }

  private List<JsonNode> records(String type) throws Exception {
    return TestJournals.entries(folder.resolve("journal")).stream()
        .<JsonNode>map(JournalEntry::fields)
        .filter(record -> record.path("type").asText().equals(type))
        .toList();
  }

  private void sql(String statement) {
    database
        .transaction(
            handle -> {
              handle.execute(statement);
              return true;
            })
        .await();
  }

  private int kept() {
    return database
        .transaction(
            handle ->
                handle.createQuery("SELECT count(*) FROM notification").mapTo(int.class).one())
        .await();
  }

  @Test
  void whatIsToldArrivesAndIsOnRecord() throws Exception {
    tell(OPS);
    notifier.look();
    notifier.look();

    assertThat(receiver.got).hasSize(1);
    JsonNode sent = records("notificationSent").getLast();
    assertThat(sent.path("channel").asText()).isEqualTo("ops");
    assertThat(sent.path("event").asText()).isEqualTo("accessRequested");
    assertThat(sent.path("accessRequestId").asText()).isEqualTo("ar-abc");
    assertThat(sent.path("attempts").asInt()).isEqualTo(1);
    assertThat(sent.path("notificationId").asText())
        .isEqualTo(receiver.got.getFirst().headers().get("webhook-id"));
    assertThat(kept()).isZero();
  }

  @Test
  void whatIsNotKeptIsNotTold() {
    assertThat(
            database
                .transaction(
                    handle -> {
                      notifier.tell(handle, Set.of(OPS), Samples.asked("x"));
                      throw new IllegalStateException("not kept");
                    })
                .map(kept -> true)
                .otherwise(false)
                .await())
        .isFalse();

    notifier.look();

    assertThat(receiver.got).isEmpty();
  }

  /** The receiver fails twice, and the gateway is another one then. */
  @Test
  void goesOnAfterFailuresAndARestart() throws Exception {
    receiver.failures.set(2);
    tell(OPS);
    notifier.look();
    notifier.look();
    assertThat(receiver.got).hasSize(1);
    clock.advance(Duration.ofSeconds(11));
    notifier.look();
    assertThat(receiver.got).hasSize(2);

    database.close();
    database = Database.open(folder.resolve("store.db"));
    notifier = notifier(database);
    clock.advance(Duration.ofSeconds(11));
    notifier.look();
    assertThat(receiver.got).hasSize(2);
    clock.advance(Duration.ofSeconds(10));
    notifier.look();

    assertThat(receiver.got)
        .hasSize(3)
        .extracting(got -> got.headers().get("webhook-id"))
        .containsOnly(receiver.got.getFirst().headers().get("webhook-id"));
    assertThat(receiver.got)
        .extracting(Receiver.Got::body)
        .containsOnly(receiver.got.get(0).body());
    assertThat(records("notificationSent").getLast().path("attempts").asInt()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"1, 10", "2, 20", "9, 2560", "10, 3600", "33, 3600", "100, 3600"})
  void waitsLongerEachTime(int attempts, int seconds) {
    assertThat(Notifier.waitAfter(attempts)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void givesUpAfterADay() throws Exception {
    receiver.failures.set(100);
    tell(OPS);
    notifier.look();
    clock.advance(Duration.ofHours(23));
    notifier.look();
    assertThat(records("notificationFailed")).isEmpty();
    clock.advance(Duration.ofHours(1));
    notifier.look();

    JsonNode failed = records("notificationFailed").getLast();
    assertThat(failed.path("reason").asText()).isEqualTo("the receiver answers 503");
    assertThat(failed.path("attempts").asInt()).isEqualTo(3);
    assertThat(kept()).isZero();
  }

  @Test
  void tellsNobodyByAChannelThatIsNotThereAnyMore() throws Exception {
    tell(new Channel("gone"));
    notifier.look();

    assertThat(records("notificationFailed").getLast().path("reason").asText())
        .isEqualTo("the configuration has no such channel");
    assertThat(kept()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE notification SET event = replace(event, 'refund', 'fraud')",
        "UPDATE notification SET channel = 'ops'",
        "UPDATE notification SET id = 'msg_2'",
        "UPDATE notification SET at = at + 1",
        "UPDATE notification SET channel = 'NOT ONE'"
      })
  void aRowThatIsNotOursIsNotSent(String change) throws Exception {
    tell(new Channel("dba"));
    sql(change);
    notifier.look();
    clock.advance(Duration.ofHours(1));
    notifier.look();

    assertThat(receiver.got).isEmpty();
    assertThat(records("notificationFailed")).isEmpty();
  }

  /** Each would send what the other has under way, if it weren't held. */
  @Test
  void gatewaysThatShareAStoreSendOnce() throws Exception {
    try (Database other = Database.open(folder.resolve("store.db"))) {
      Notifier second = notifier(other);
      for (int i = 0; i < 20; i++) {
        tell(OPS);
      }
      Thread looking =
          Thread.ofVirtual()
              .start(
                  () -> {
                    second.look();
                    second.look();
                  });
      notifier.look();
      notifier.look();
      looking.join();
      notifier.look();
    }

    assertThat(receiver.got)
        .extracting(got -> got.headers().get("webhook-id"))
        .hasSize(20)
        .doesNotHaveDuplicates();
    assertThat(records("notificationSent")).hasSize(20);
  }

  /** By the death of the gateway that had it, for example. */
  @Test
  void whatNobodyFinishedIsSentAgain() {
    tell(OPS);
    database
        .transaction(handle -> new NotificationStore(seal).claim(handle, clock.instant()))
        .await();
    notifier.look();
    assertThat(receiver.got).isEmpty();
    clock.advance(NotificationStore.HELD);
    notifier.look();

    assertThat(receiver.got).hasSize(1);
  }

  @Test
  void nothingIsSentThatCannotBeOnRecord() {
    tell(OPS);
    lost.set(true);
    notifier.look();
    assertThat(receiver.got).isEmpty();
    lost.set(false);
    notifier.look();

    assertThat(receiver.got).hasSize(1);
  }

  @Test
  void anotherRootKeySealsWhatWaits() {
    tell(OPS);
    LeaseSecrets both =
        new LeaseSecrets(
            List.of(
                RootKey.parse(
                    'b',
                    Base64.getEncoder()
                        .encodeToString("b".repeat(32).getBytes(StandardCharsets.UTF_8))),
                RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
    database
        .transaction(
            handle -> {
              new NotificationStore(both).rows().sealAgain(handle);
              return true;
            })
        .await();
    LeaseSecrets next =
        new LeaseSecrets(
            List.of(
                RootKey.parse(
                    'b',
                    Base64.getEncoder()
                        .encodeToString("b".repeat(32).getBytes(StandardCharsets.UTF_8)))));

    assertThat(
            database
                .transaction(handle -> new NotificationStore(next).claim(handle, clock.instant()))
                .await())
        .hasSize(1);
  }
}
