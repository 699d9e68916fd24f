package dev.ephemeris.gateway.repetition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.repetition.Repetitions.IfInterrupted;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.PrincipalId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways that share a store. */
class RepetitionsTest {

  private static final PrincipalId ALICE = new PrincipalId("corp", "sub-alice");
  private static final PrincipalId BOB = new PrincipalId("corp", "sub-bob");
  private static final Asked ASKED = asked(ALICE, "k1", "one");

  private final SettableClock clock = new SettableClock();
  private final Database database;
  private final Database another;
  private final Repetitions one;
  private final Repetitions two;

  RepetitionsTest(@TempDir Path folder) {
    LeaseSecrets secrets =
        new LeaseSecrets(
            List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
    database = Database.open(folder.resolve("ephemeris.db"));
    another = Database.open(folder.resolve("ephemeris.db"));
    one = new Repetitions(database, secrets, clock);
    two = new Repetitions(another, secrets, clock);
  }

  @AfterEach
  void close() {
    database.close();
    another.close();
  }

  private static Asked asked(PrincipalId who, String key, String request) {
    return new Asked(who, Optional.empty(), "issueLease", key, request);
  }

  private static Turn begin(Repetitions gateway, Asked asked) {
    return gateway.begin(asked, IfInterrupted.AGAIN).await();
  }

  private static Attempt first(Repetitions gateway, Asked asked) {
    Turn turn = begin(gateway, asked);
    assertThat(turn).isInstanceOf(Turn.First.class);
    return ((Turn.First) turn).attempt();
  }

  private static boolean isFirst(Database database, Attempt attempt, String effect) {
    return database.transaction(handle -> attempt.isFirst(handle, effect)).await();
  }

  private void sql(String statement) {
    int unused = database.transaction(handle -> handle.execute(statement)).await();
  }

  @Test
  void oneOfManyIsTheFirstAtWhicheverGateway() throws Exception {
    List<Future<Turn>> turns = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        Repetitions gateway = i % 2 == 0 ? one : two;
        turns.add(threads.submit(() -> begin(gateway, ASKED)));
      }
    }

    List<Turn> all = new ArrayList<>();
    for (Future<Turn> turn : turns) {
      all.add(turn.get());
    }
    assertThat(all).filteredOn(Turn.First.class::isInstance).hasSize(1);
    assertThat(all).filteredOn(Turn.UnderWay.class::isInstance).hasSize(19);
  }

  @Test
  void whatWasAnsweredIsAnsweredForADay() {
    first(one, ASKED).keep("{\"status\":201}").await();

    assertThat(begin(two, ASKED)).isEqualTo(new Turn.Answered("{\"status\":201}"));
    clock.advance(Duration.ofHours(23));
    assertThat(begin(one, ASKED)).isEqualTo(new Turn.Answered("{\"status\":201}"));
    clock.advance(Duration.ofHours(2));
    assertThat(begin(one, ASKED)).isInstanceOf(Turn.First.class);
  }

  @Test
  void aKeyIsOfOnePrincipalOneOperationAndOneRequest() {
    first(one, ASKED).keep("{}").await();

    assertThat(begin(one, asked(ALICE, "k1", "another"))).isEqualTo(new Turn.OtherRequest());
    assertThat(begin(one, asked(BOB, "k1", "one"))).isInstanceOf(Turn.First.class);
    assertThat(begin(one, asked(ALICE, "k2", "one"))).isInstanceOf(Turn.First.class);
    assertThat(begin(one, new Asked(ALICE, Optional.of(BOB), "issueLease", "k1", "one")))
        .isInstanceOf(Turn.First.class);
    assertThat(begin(one, new Asked(ALICE, Optional.empty(), "kill", "k1", "one")))
        .isInstanceOf(Turn.First.class);
  }

  @Test
  void whatWasNotDoneIsTriedAgain() {
    Attempt attempt = first(one, ASKED);
    assertThat(isFirst(database, attempt, "{}")).isTrue();
    attempt.release().await();

    assertThat(begin(two, ASKED)).isInstanceOf(Turn.First.class);
  }

  @Test
  void aGatewayThatStopsInTheMiddleHoldsNothingUpForEver() {
    Attempt stopped = first(one, ASKED);

    clock.advance(Duration.ofSeconds(59));
    assertThat(begin(two, ASKED)).isInstanceOf(Turn.UnderWay.class);
    clock.advance(Duration.ofSeconds(2));
    Attempt again = first(two, ASKED);

    // Whatever it was that kept the first one: it does nothing any more.
    assertThat(isFirst(database, stopped, "{}")).isFalse();
    stopped.keep("{\"status\":201}").await();
    stopped.release().await();
    assertThat(begin(one, ASKED)).isInstanceOf(Turn.UnderWay.class);
    assertThat(isFirst(another, again, "{}")).isTrue();
  }

  @Test
  void whatWasDoneByAGatewayThatStoppedIsKnown() {
    Attempt stopped = first(one, ASKED);
    assertThat(isFirst(database, stopped, "{\"lease\":\"abc\"}")).isTrue();
    stopped.releaseUnlessDone().await();

    assertThat(begin(two, ASKED)).isInstanceOf(Turn.UnderWay.class);
    clock.advance(Duration.ofMinutes(2));

    assertThat(begin(two, ASKED)).isEqualTo(new Turn.Done("{\"lease\":\"abc\"}"));
  }

  @Test
  void whatHasFailedIsTriedAgainUnlessItWasDone() {
    first(one, ASKED).releaseUnlessDone().await();

    assertThat(begin(two, ASKED)).isInstanceOf(Turn.First.class);
  }

  /** The transaction that makes it is the one that says so. */
  @Test
  void whatWasRolledBackWasNotDone() {
    Attempt attempt = first(one, ASKED);
    var failed =
        database.transaction(
            handle -> {
              assertThat(attempt.isFirst(handle, "{}")).isTrue();
              throw new IllegalStateException("after all");
            });

    assertThat(failed.otherwiseEmpty().await()).isNull();
    attempt.releaseUnlessDone().await();

    assertThat(begin(one, ASKED)).isInstanceOf(Turn.First.class);
  }

  @Test
  void whatMustNotHappenTwiceIsNotTriedAgainWhereNobodyKnows() {
    Turn began = one.begin(ASKED, IfInterrupted.NEVER_AGAIN).await();
    assertThat(began).isInstanceOf(Turn.First.class);
    clock.advance(Duration.ofMinutes(2));

    assertThat(two.begin(ASKED, IfInterrupted.NEVER_AGAIN).await()).isEqualTo(new Turn.Unknown());
    clock.advance(Duration.ofHours(24));
    assertThat(two.begin(ASKED, IfInterrupted.NEVER_AGAIN).await()).isInstanceOf(Turn.First.class);
  }

  @Test
  void aRowThatSomebodyElseWroteSaysNothing() {
    first(one, ASKED).keep("{\"status\":403}").await();
    sql("UPDATE idempotency_key SET outcome = '{\"status\":201}'");

    assertThat(begin(one, ASKED)).isEqualTo(new Turn.Unknown());
  }

  @Test
  void nobodyKeepsMoreThanSoMany() {
    first(one, ASKED).keep("{}").await();
    sql(
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
        INSERT INTO idempotency_key (id, issuer, subject, request, attempt, started_at, until, mac)
        SELECT 'k' || i, issuer, subject, request, 1, started_at, until, mac
        FROM n, idempotency_key\
        """
            .formatted(Repetitions.MOST - 1));

    assertThat(begin(one, asked(ALICE, "k2", "one"))).isInstanceOf(Turn.TooMany.class);
    assertThat(begin(one, ASKED)).isInstanceOf(Turn.Answered.class);
    assertThat(begin(one, asked(BOB, "k2", "one"))).isInstanceOf(Turn.First.class);
  }

  @Test
  void whatIsTooOldIsForgotten() {
    first(one, ASKED).keep("{}").await();
    clock.advance(Duration.ofHours(12));
    first(one, asked(ALICE, "k2", "one")).keep("{}").await();
    clock.advance(Duration.ofHours(13));

    one.forget();

    int left =
        database
            .transaction(
                handle ->
                    handle
                        .createQuery("SELECT count(*) FROM idempotency_key")
                        .mapTo(int.class)
                        .one())
            .await();
    assertThat(left).isEqualTo(1);
  }
}
