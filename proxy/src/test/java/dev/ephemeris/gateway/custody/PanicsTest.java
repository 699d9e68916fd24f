package dev.ephemeris.gateway.custody;

import static dev.ephemeris.gateway.custody.RotationsTest.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.gateway.custody.KeyState.Fate;
import dev.ephemeris.gateway.custody.KeyState.Sighting;
import dev.ephemeris.gateway.custody.RotationWorld.Gateway;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.simulator.azure.Delays;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.Faults;
import dev.ephemeris.simulator.cosmos.KeyKind;
import dev.ephemeris.simulator.cosmos.ReceivedRequest;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key may have leaked. */
class PanicsTest {

  private static final RequestPattern CANARY = RequestPattern.of("GET", ".*/docs/ephemeris-canary");

  private final RotationWorld world;

  PanicsTest(@TempDir Path folder) throws Exception {
    world = new RotationWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private static Rotations.Start panic(Gateway gateway) {
    return gateway.rotations().panic("orders-prod", "corp:opal").await();
  }

  /** Without time passing: whatever waits is waited for in vain. */
  private void awaitEnd(Gateway gateway) throws InterruptedException {
    await(
        "the end",
        () -> {
          gateway.rotations().lookAround();
          return gateway.state().rotation().isEmpty();
        });
  }

  private static Sighting sighting(Gateway gateway) {
    return gateway.state().panic().flatMap(KeyState.Panic::sighting).orElseThrow();
  }

  private boolean isPanicking() {
    return new Panics(world.database(), world.seal()).isOn("orders-prod").await();
  }

  /**
   * Tokens that work for hours to come, and requests that are on their way, keep it from nothing.
   */
  @Test
  void allFourKeysAreMadeAnewAtOnce() throws Exception {
    Instant end = Database.kept(world.clock.instant()).plus(Duration.ofHours(4));
    world.tokensWorkUntil = Optional.of(end);
    Gateway gateway = world.gateway();
    Map<KeyKind, String> before = world.keys();
    assertThat(isPanicking()).isFalse();

    assertThat(panic(gateway)).isInstanceOf(Rotations.Start.Started.class);
    assertThat(world.leasesEnded).contains("corp:opal");
    awaitEnd(gateway);

    assertThat(world.keys())
        .allSatisfy((kind, key) -> assertThat(key).isNotEqualTo(before.get(kind)));
    assertThat(world.isLetIn(gateway.keys())).isTrue();
    assertThat(world.regenerations()).hasSize(4);
    assertThat(isPanicking()).isFalse();
    assertThat(world.done())
        .containsExactlyElementsOf(
            RotationStep.all(true).stream().map(RotationStep::toString).toList());
    assertThat(world.records)
        .contains(
            new JournalRecord.AccountPanicked(
                gateway.state().panic().orElseThrow().startedAt(),
                "orders-prod",
                "corp:opal",
                Optional.empty(),
                Optional.of(end)));
    assertThat(world.records.getFirst()).isInstanceOf(JournalRecord.AccountPanicked.class);
    assertThat(world.journal).allMatch(entry -> entry.by().equals("corp:opal"));
  }

  @Test
  void tokensThatGoOnAreSeenToGoOn() throws Exception {
    Gateway gateway = world.gateway();

    assertThat(panic(gateway)).isNotNull();
    awaitEnd(gateway);

    assertThat(sighting(gateway)).isEqualTo(new Sighting(Fate.GO_ON, Optional.empty()));
    assertThat(asked().tokens()).isEqualTo("go-on");
  }

  @Test
  void tokensThatDieAreSeenToDie() throws Exception {
    world.cosmos().access().endResourceTokensWithKeys(true);
    Gateway gateway = world.gateway();

    assertThat(panic(gateway)).isNotNull();
    awaitEnd(gateway);

    assertThat(sighting(gateway)).isEqualTo(new Sighting(Fate.DIED, Optional.empty()));
    assertThat(asked().tokens()).isEqualTo("died");
    // What the next gateway reads of it is the same.
    assertThat(sighting(world.gateway()).fate()).isEqualTo(Fate.DIED);
  }

  private JournalRecord.CanaryAsked asked() {
    return world.records.stream()
        .filter(JournalRecord.CanaryAsked.class::isInstance)
        .map(JournalRecord.CanaryAsked.class::cast)
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /** To read the items of a key that nobody has, by a user that nobody is. */
  @Test
  void theCanaryIsForNothingOfAnybodys() throws Exception {
    Gateway gateway = world.gateway();

    assertThat(panic(gateway)).isNotNull();
    awaitEnd(gateway);

    ReceivedRequest made =
        world.cosmos().received().stream()
            .filter(
                request ->
                    request.method().equals("POST") && request.target().endsWith("/permissions"))
            .findFirst()
            .orElseThrow();
    assertThat(made.target()).matches("/dbs/shop/users/ephemeris-[0-9a-f]{40}/permissions");
    assertThat(made.body().toJsonObject().getString("permissionMode")).isEqualTo("Read");
    assertThat(made.body().toJsonObject().getString("resource")).isEqualTo("dbs/shop/colls/orders");
    assertThat(made.body().toJsonObject().getJsonArray("resourcePartitionKey"))
        .containsExactly("ephemeris-canary");
  }

  /** It was in that gateway's memory, and in nothing else. */
  @Test
  void aGatewayThatStopsTakesItsCanaryAlong() throws Exception {
    Gateway first = stopped(RotationStep.REGENERATE_USED);

    Gateway second = next(first);
    awaitEnd(second);

    assertThat(sighting(second))
        .isEqualTo(
            new Sighting(
                Fate.NOT_SEEN,
                Optional.of("the gateway that had made a canary stopped before it was asked")));
    assertThat(asked().reason()).isEqualTo(sighting(second).reason());
    assertThat(world.keys().values()).doesNotContain(RotationWorld.FIRST_KEY);
  }

  /** While the key of before still signs, the next gateway makes one of its own. */
  @Test
  void aGatewayThatStopsEarlyIsFollowedByOneWithACanary() throws Exception {
    world.cosmos().access().endResourceTokensWithKeys(true);
    Gateway first = stopped(RotationStep.SWITCH);
    world.leasesEnded.clear();

    Gateway second = next(first);
    awaitEnd(second);

    assertThat(sighting(second).fate()).isEqualTo(Fate.DIED);
  }

  /** One that began a panic and stopped at this step. */
  private Gateway stopped(RotationStep where) throws Exception {
    CountDownLatch there = new CountDownLatch(1);
    Gateway gateway = world.gateway(RotationsTest.stopping(where, false, there), Optional.empty());
    assertThat(panic(gateway)).isNotNull();
    assertThat(there.await(60, TimeUnit.SECONDS)).isTrue();
    return gateway;
  }

  private Gateway next(Gateway stopped) throws Exception {
    stopped.rotations().close();
    // Its claim to see to the account has ended.
    world.clock.advance(Duration.ofSeconds(31));
    return world.gateway();
  }

  /** Leases that are left by a gateway that stopped right after it had written down the panic. */
  @Test
  void whoGoesOnEndsTheLeasesToo() throws Exception {
    Gateway first = stopped(RotationStep.REGENERATE_UNUSED);
    world.leasesEnded.clear();

    awaitEnd(next(first));

    assertThat(world.leasesEnded).containsOnly("corp:opal").isNotEmpty();
  }

  /** All keys that there are at that moment are no keys any more afterwards. */
  @Test
  void aRotationThatIsUnderWayIsTakenOver() throws Exception {
    world.tokensWorkUntil = Optional.of(world.clock.instant().plus(Duration.ofHours(4)));
    Gateway gateway = world.gateway();
    assertThat(gateway.rotations().start("orders-prod", "corp:alice").await()).isNotNull();
    await(
        "the change over",
        () ->
            gateway
                .state()
                .rotation()
                .filter(run -> run.step() == RotationStep.REGENERATE_USED)
                .isPresent());
    Map<KeyKind, String> before = world.keys();

    assertThat(panic(gateway)).isInstanceOf(Rotations.Start.Started.class);
    assertThat(panic(gateway)).isInstanceOf(Rotations.Start.UnderWay.class);
    assertThat(gateway.rotations().start("orders-prod", "corp:alice").await())
        .isInstanceOf(Rotations.Start.UnderWay.class);
    awaitEnd(gateway);

    assertThat(world.keys())
        .allSatisfy((kind, key) -> assertThat(key).isNotEqualTo(before.get(kind)));
    assertThat(gateway.keys().inUse()).isEqualTo(KeyName.PRIMARY);
    assertThat(world.isLetIn(gateway.keys())).isTrue();
    assertThat(gateway.state().panic().orElseThrow().startedBy()).isEqualTo("corp:opal");
    assertThat(world.records.stream().filter(JournalRecord.AccountPanicked.class::isInstance))
        .singleElement()
        .satisfies(
            record ->
                assertThat(((JournalRecord.AccountPanicked) record).inPlaceOf())
                    .contains("regenerate-used"));
  }

  /** What Azure is at is let be, and done again after that. */
  @Test
  void aStepThatIsBeingDoneIsWaitedFor() throws Exception {
    world.delays(
        Delays.NONE.withRegeneration(Duration.ofMinutes(30)).withRetryAfter(Duration.ofSeconds(1)));
    Gateway gateway = world.gateway();
    assertThat(gateway.rotations().start("orders-prod", "corp:alice").await()).isNotNull();
    await("Azure", () -> world.regenerations().size() == 1);

    assertThat(panic(gateway)).isInstanceOf(Rotations.Start.Started.class);
    assertThat(isPanicking()).isTrue();
    world.delays(Delays.NONE);
    world.clock.advance(Duration.ofMinutes(31));
    awaitEnd(gateway);

    assertThat(world.regenerations()).hasSize(5);
    assertThat(world.isLetIn(gateway.keys())).isTrue();
  }

  @Test
  void anAccountWithNoContainerHasNoCanary() throws Exception {
    world.cosmos().reset();
    Gateway gateway = world.gateway();

    assertThat(panic(gateway)).isNotNull();
    awaitEnd(gateway);

    assertThat(sighting(gateway))
        .isEqualTo(
            new Sighting(
                Fate.NOT_SEEN,
                Optional.of("there was no canary: the account has no container to make one for")));
  }

  /** Keys come first, whatever the account says to a token. */
  @Test
  void anAccountThatSaysNothingClearIsAskedAFewTimes() throws Exception {
    Gateway gateway =
        whenAsked(faults -> faults.always(CANARY, Fault.status(500, 0, "something went wrong")));

    assertThat(panic(gateway)).isNotNull();
    await("the end", () -> RotationsTest.isOver(world, gateway));

    assertThat(sighting(gateway))
        .isEqualTo(
            new Sighting(
                Fate.NOT_SEEN,
                Optional.of("the account gave no clear answer to the canary: it answered 500")));
  }

  /** Of several nodes behind a name one may be late. */
  @Test
  void whatIsSeenOnceOnlyIsLookedForAgain() throws Exception {
    Gateway gateway =
        whenAsked(faults -> faults.next(1, CANARY, Fault.status(401, 0, "no longer")));

    assertThat(panic(gateway)).isNotNull();
    await("the end", () -> RotationsTest.isOver(world, gateway));

    assertThat(sighting(gateway).fate()).isEqualTo(Fate.GO_ON);
    assertThat(world.journal.stream().flatMap(entry -> entry.reason().stream()))
        .contains("the account let it in once, and another time it didn't");
  }

  /** By a firewall, or as its container was made anew: neither says what became of the others. */
  @Test
  void aCanaryThatIsForbiddenSaysNothing() throws Exception {
    Gateway gateway =
        whenAsked(faults -> faults.always(CANARY, Fault.status(403, 0, "not from there")));

    assertThat(panic(gateway)).isNotNull();
    await("the end", () -> RotationsTest.isOver(world, gateway));

    assertThat(sighting(gateway).fate()).isEqualTo(Fate.NOT_SEEN);
    assertThat(sighting(gateway).reason().orElseThrow()).contains("it answered 403");
  }

  /** A gateway whose account does this from when its canary is asked the second time. */
  private Gateway whenAsked(Consumer<Faults> happens) throws Exception {
    AtomicBoolean asked = new AtomicBoolean();
    return world.gateway(
        new Rotations.Watch() {
          @Override
          public void begins(String account, RotationStep step) {
            if (step == RotationStep.ASK_CANARY && asked.compareAndSet(false, true)) {
              happens.accept(world.cosmos().faults());
            }
          }

          @Override
          public void isDone(String account, RotationStep step) {}
        },
        Optional.empty());
  }

  /** Until the key that signs is another one. */
  @Test
  void aCanaryThatCouldntBeMadeIsTriedAgain() throws Exception {
    world
        .cosmos()
        .faults()
        .next(1, RequestPattern.of("GET", "/dbs"), Fault.status(503, 0, "a moment"));
    Gateway gateway = world.gateway();

    assertThat(panic(gateway)).isNotNull();
    awaitEnd(gateway);

    assertThat(sighting(gateway).fate()).isEqualTo(Fate.GO_ON);
  }

  /** That it is refused afterwards, too, has nothing to do with the keys then. */
  @Test
  void aCanaryThatWasNeverLetInSaysNothing() throws Exception {
    world.cosmos().faults().always(CANARY, Fault.status(401, 0, "not from there"));
    Gateway gateway = world.gateway();

    assertThat(panic(gateway)).isNotNull();
    awaitEnd(gateway);

    assertThat(sighting(gateway))
        .isEqualTo(
            new Sighting(
                Fate.NOT_SEEN,
                Optional.of("there was no canary: the account didn't let it in from the first")));
  }

  @Test
  void aCanaryThatHasEndedByItselfSaysNothing() throws Exception {
    world.delays(
        Delays.NONE.withRegeneration(Duration.ofHours(6)).withRetryAfter(Duration.ofSeconds(1)));
    Gateway gateway = world.gateway();
    assertThat(panic(gateway)).isNotNull();
    await("Azure", () -> world.regenerations().size() == 1);
    world.delays(Delays.NONE);
    world.clock.advance(Duration.ofHours(6));

    awaitEnd(gateway);

    assertThat(sighting(gateway))
        .isEqualTo(
            new Sighting(
                Fate.NOT_SEEN,
                Optional.of("the canary came to its own end before the key was made anew")));
  }

  /** Whoever can write to the store could have tokens handed out in the middle of it. */
  @Test
  void nobodyButAGatewayEndsIt() throws Exception {
    Gateway gateway = stopped(RotationStep.REGENERATE_UNUSED);
    assertThat(gateway.state().isPanicking()).isTrue();

    world
        .database()
        .transaction(handle -> handle.execute("UPDATE account_key SET panic_on = 0"))
        .await();

    assertThatThrownBy(this::isPanicking).hasMessageContaining("isn't as a gateway wrote it");
  }

  /** A gateway of before has written rows, whose proof is of nine columns. */
  @Test
  void whereThereWasNoPanicRowsAreAsTheyWere() {
    assertThat(KeyState.first("orders-prod").columns())
        .containsExactly("orders-prod", "PRIMARY", "", "", "", "", "", "", "");
  }

  /** By another, who did it before and can't be taken for this one. */
  @Test
  void aRotationAfterItIsOneAsEver() throws Exception {
    Gateway gateway = world.gateway();
    assertThat(panic(gateway)).isNotNull();
    awaitEnd(gateway);
    world.journal.clear();
    world.clock.advance(Duration.ofMinutes(3));

    assertThat(gateway.rotations().start("orders-prod", "corp:alice").await()).isNotNull();
    await("the end", () -> RotationsTest.isOver(world, gateway));

    assertThat(world.done())
        .containsExactlyElementsOf(
            RotationStep.all(false).stream().map(RotationStep::toString).toList());
    assertThat(gateway.state().isPanicking()).isFalse();
    assertThat(sighting(gateway).fate()).isEqualTo(Fate.GO_ON);
  }
}
