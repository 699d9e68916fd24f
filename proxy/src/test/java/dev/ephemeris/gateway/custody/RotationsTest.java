package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.custody.RotationWorld.Gateway;
import dev.ephemeris.gateway.journal.JournalRecord.RotationProgress;
import dev.ephemeris.simulator.azure.Delays;
import dev.ephemeris.simulator.azure.Vault;
import dev.ephemeris.simulator.cosmos.Fault;
import dev.ephemeris.simulator.cosmos.KeyKind;
import dev.ephemeris.simulator.cosmos.RequestPattern;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys that turn over, by Azure's own library before a Resource Manager of ours. */
class RotationsTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final RotationWorld world;

  RotationsTest(@TempDir Path folder) throws Exception {
    world = new RotationWorld(folder);
  }

  @AfterEach
  void stop() {
    world.close();
  }

  static void await(String what, BooleanSupplier happened) throws InterruptedException {
    long until = System.nanoTime() + LONG.toNanos();
    while (!happened.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting for: " + what).isLessThan(until);
      Thread.sleep(10);
    }
  }

  private static Rotations.Start start(Gateway gateway) {
    return gateway.rotations().start("orders-prod", "corp:opal").await();
  }

  private void goThrough(Gateway gateway) throws InterruptedException {
    await("the change over", () -> isAt(gateway, RotationStep.REGENERATE_USED));
    await("the end", () -> isOver(gateway));
  }

  /** To when the next step is due, and no further: requests are signed by this clock. */
  private boolean isOver(Gateway gateway) {
    return isOver(world, gateway);
  }

  static boolean isOver(RotationWorld world, Gateway gateway) {
    gateway
        .state()
        .rotation()
        .map(run -> Duration.between(world.clock.instant(), run.dueAt()))
        .filter(Duration::isPositive)
        .ifPresent(left -> world.clock.advance(left.plusMillis(1)));
    gateway.rotations().lookAround();
    return gateway.state().rotation().isEmpty();
  }

  private static boolean isAt(Gateway gateway, RotationStep step) {
    return gateway.state().rotation().filter(run -> run.step() == step).isPresent();
  }

  @Test
  void allFourKeysAreOthersAfterwards() throws Exception {
    Gateway gateway = world.gateway();
    Map<KeyKind, String> before = world.keys();
    assertThat(world.isLetIn(gateway.keys())).isTrue();

    assertThat(start(gateway)).isInstanceOf(Rotations.Start.Started.class);
    goThrough(gateway);

    assertThat(world.keys())
        .allSatisfy((kind, key) -> assertThat(key).isNotEqualTo(before.get(kind)));
    assertThat(gateway.keys().inUse()).isEqualTo(KeyName.SECONDARY);
    assertThat(world.isLetIn(gateway.keys())).isTrue();
    assertThat(world.regenerations()).hasSize(4);
    assertThat(world.done())
        .containsExactlyElementsOf(
            RotationStep.all(false).stream().map(RotationStep::toString).toList());
    assertThat(world.journal.getFirst().outcome()).isEqualTo(RotationProgress.STARTED);
    assertThat(world.journal).allMatch(entry -> entry.by().equals("corp:opal"));
    // Each effect has its intent before it.
    assertThat(world.journal.stream().filter(entry -> entry.outcome().equals("begun")).toList())
        .hasSameSizeAs(world.done());
  }

  /** And the other way round the next time. */
  @Test
  void theKeysTakeTurns() throws Exception {
    Gateway gateway = world.gateway();
    assertThat(start(gateway)).isNotNull();
    goThrough(gateway);
    world.clock.advance(Duration.ofMinutes(3));

    assertThat(start(gateway)).isInstanceOf(Rotations.Start.Started.class);
    goThrough(gateway);

    assertThat(gateway.keys().inUse()).isEqualTo(KeyName.PRIMARY);
    assertThat(world.isLetIn(gateway.keys())).isTrue();
    Gateway next = world.gateway();
    assertThat(next.keys().inUse()).isEqualTo(KeyName.PRIMARY);
  }

  @Test
  void thereIsOneAtATime() throws Exception {
    Gateway gateway = world.gateway();
    assertThat(start(gateway)).isInstanceOf(Rotations.Start.Started.class);

    assertThat(start(gateway)).isInstanceOf(Rotations.Start.UnderWay.class);
    assertThat(gateway.rotations().start("another", "corp:opal").await())
        .isInstanceOf(Rotations.Start.NotOurs.class);
  }

  /** What a key has signed and nobody can take back has its time first, and some more. */
  @Test
  void noKeyIsChangedWhoseTokensWork() throws Exception {
    Gateway gateway = world.gateway();
    Instant end = world.clock.instant().plus(Duration.ofHours(2));
    world.tokensWorkUntil = Optional.of(end);
    String primary = world.keys().get(KeyKind.PRIMARY);
    assertThat(start(gateway)).isNotNull();
    await("the change over", () -> isAt(gateway, RotationStep.REGENERATE_USED));

    world.clock.advance(Duration.ofHours(2).plusMinutes(14));
    gateway.rotations().lookAround();
    Thread.sleep(200);

    assertThat(world.keys().get(KeyKind.PRIMARY)).isEqualTo(primary);
    assertThat(gateway.state().rotation().orElseThrow().dueAt()).isAfter(end.plusSeconds(890));
    await("the end", () -> isOver(gateway));
    assertThat(world.keys().get(KeyKind.PRIMARY)).isNotEqualTo(primary);
    // The one before signed what is out there now: neither is that one changed at once.
    world.tokensWorkUntil = Optional.of(world.clock.instant().plus(Duration.ofHours(1)));
    assertThat(start(gateway)).isNotNull();
    assertThat(gateway.state().rotation().orElseThrow().dueAt())
        .isAfter(world.clock.instant().plus(Duration.ofMinutes(70)));
  }

  /** Tokens of the key of before may be made until every gateway signs with the other one. */
  @Test
  void theLastTokensOfAKeyCountToo() throws Exception {
    Gateway gateway = world.gateway();
    assertThat(start(gateway)).isNotNull();
    await("the change over", () -> isAt(gateway, RotationStep.REGENERATE_USED));
    String primary = world.keys().get(KeyKind.PRIMARY);
    Instant end = world.clock.instant().plus(Duration.ofHours(1));
    world.tokensWorkUntil = Optional.of(end);

    world.clock.advance(Duration.ofMinutes(3));
    await(
        "the postponement",
        () -> {
          gateway.rotations().lookAround();
          return gateway.state().rotation().orElseThrow().dueAt().isAfter(end);
        });

    assertThat(world.keys().get(KeyKind.PRIMARY)).isEqualTo(primary);
    await("the end", () -> isOver(gateway));
    assertThat(world.clock.instant()).isAfter(end.plus(Duration.ofMinutes(15)));
  }

  /** A key that some region doesn't take isn't signed with. */
  @Test
  void everyRegionTakesAKeyBeforeItIsUsed() throws Exception {
    world.cosmos().addRegion("North Europe");
    world.cosmos().access().lagKeys("North Europe", Duration.ofMinutes(2), 1);
    Gateway gateway = world.gateway();

    assertThat(start(gateway)).isNotNull();
    await(
        "a failure",
        () -> gateway.state().rotation().flatMap(KeyState.Rotation::failure).isPresent());

    assertThat(isAt(gateway, RotationStep.VERIFY_UNUSED)).isTrue();
    assertThat(gateway.state().rotation().orElseThrow().failure().orElseThrow())
        .contains("127.0.0.1", "doesn't take the key yet");
    assertThat(gateway.keys().inUse()).isEqualTo(KeyName.PRIMARY);
    assertThat(world.journal.getLast().outcome()).isEqualTo(RotationProgress.FAILED);
    world.clock.advance(Duration.ofMinutes(3));
    gateway.rotations().lookAround();
    goThrough(gateway);
    assertThat(gateway.keys().inUse()).isEqualTo(KeyName.SECONDARY);
  }

  @Test
  void whatAzureForbidsIsTriedAgain() throws Exception {
    Gateway gateway = world.gateway();
    world.azure().revoke(RotationWorld.GATEWAY.objectId());
    Map<KeyKind, String> before = world.keys();

    assertThat(start(gateway)).isNotNull();
    await(
        "a failure",
        () -> gateway.state().rotation().flatMap(KeyState.Rotation::failure).isPresent());

    assertThat(world.keys()).isEqualTo(before);
    assertThat(gateway.state().rotation().orElseThrow().failure().orElseThrow())
        .contains("AuthorizationFailed");
  }

  /** By the real client, which reads and writes the secrets that others read, too. */
  @Test
  void keysInAVaultAreThereBeforeTheyAreUsed() throws Exception {
    Vault vault = world.vault();
    Gateway gateway = world.gateway(vault);
    assertThat(world.isLetIn(gateway.keys())).isTrue();

    assertThat(start(gateway)).isNotNull();
    await("the change over", () -> isAt(gateway, RotationStep.REGENERATE_USED));

    assertThat(world.isLetIn(gateway.keys())).isTrue();
    assertThat(vault.value("orders-2")).contains(world.cosmos().access().key(KeyKind.SECONDARY));
    goThrough(gateway);
    assertThat(vault.value("orders-1")).contains(world.cosmos().access().key(KeyKind.PRIMARY));
    assertThat(world.isLetIn(gateway.keys())).isTrue();
  }

  /** Azure takes its time, in which the old key works and nobody begins it again. */
  @Test
  void azureMayTakeItsTime() throws Exception {
    world.delays(
        Delays.NONE.withRegeneration(Duration.ofMinutes(30)).withRetryAfter(Duration.ofSeconds(1)));
    Gateway gateway = world.gateway();
    String before = world.keys().get(KeyKind.SECONDARY);

    assertThat(start(gateway)).isNotNull();
    await("Azure", () -> world.regenerations().size() == 1);
    world.clock.advance(Duration.ofMinutes(10));
    gateway.rotations().lookAround();
    assertThat(gateway.state().rotation().orElseThrow().step())
        .isEqualTo(RotationStep.REGENERATE_UNUSED);
    world.clock.advance(Duration.ofMinutes(21));
    await("the change over", () -> isAt(gateway, RotationStep.REGENERATE_USED));

    assertThat(world.regenerations()).hasSize(1);
    assertThat(world.keys().get(KeyKind.SECONDARY)).isNotEqualTo(before);
    assertThat(world.isLetIn(gateway.keys())).isTrue();
  }

  @Test
  void severalGatewaysAreAsGoodAsOne() throws Exception {
    List<Gateway> gateways = List.of(world.gateway(), world.gateway(), world.gateway());

    assertThat(start(gateways.getFirst())).isNotNull();
    await(
        "the change over",
        () -> {
          gateways.forEach(gateway -> gateway.rotations().lookAround());
          return isAt(gateways.getLast(), RotationStep.REGENERATE_USED);
        });
    world.clock.advance(Duration.ofMinutes(3));
    await(
        "the end",
        () -> {
          gateways.forEach(gateway -> gateway.rotations().lookAround());
          return gateways.getLast().state().rotation().isEmpty();
        });

    assertThat(world.regenerations()).hasSize(4);
    assertThat(world.done()).hasSize(RotationStep.all(false).size());
    // Each of them signs with the key that is in use, whoever has changed over.
    await(
        "all to follow",
        () -> {
          gateways.forEach(gateway -> gateway.rotations().lookAround());
          return gateways.stream().allMatch(gateway -> gateway.keys().signsWith(KeyName.SECONDARY));
        });
  }

  /** One that may not read the vault where it would have the keys from. */
  private Gateway withoutKeys() throws Exception {
    return world.gateway(world.azure().vault(RotationWorld.SUBSCRIPTION, "shop-rg", "others"));
  }

  @Test
  void oneThatHasNoKeysKeepsNobodyElseFromIt() throws Exception {
    Gateway gateway = world.gateway();
    Gateway without = withoutKeys();

    assertThat(start(gateway)).isNotNull();
    await(
        "the end",
        () -> {
          without.rotations().lookAround();
          return isOver(gateway);
        });

    // A step may be done twice, if it says so right while nobody had begun.
    assertThat(world.regenerations()).hasSizeBetween(4, 5);
  }

  /** When it is due others have said, who know until when tokens work. */
  @Test
  void oneThatHasNoKeysSaysSoAndBringsNothingForward() throws Exception {
    Gateway gateway = world.gateway();
    assertThat(start(gateway)).isNotNull();
    await("the change over", () -> isAt(gateway, RotationStep.REGENERATE_USED));
    gateway.rotations().close();
    Instant due = gateway.state().rotation().orElseThrow().dueAt();
    Gateway without = withoutKeys();
    // Nobody else sees to it any more.
    world.clock.advance(Duration.ofSeconds(31));

    without.rotations().lookAround();

    await("why", () -> gateway.state().rotation().orElseThrow().failure().isPresent());
    assertThat(gateway.state().rotation().orElseThrow().dueAt()).isEqualTo(due);
  }

  /** Whoever has a key can keep the account busy. */
  @Test
  void anAccountThatIsBusyIsAskedAgain() throws Exception {
    world
        .cosmos()
        .faults()
        .next(2, RequestPattern.of("GET", "/dbs"), Fault.status(429, 3200, "too many requests"));
    Gateway gateway = world.gateway();

    assertThat(start(gateway)).isNotNull();
    goThrough(gateway);

    assertThat(world.journal).noneMatch(entry -> entry.reason().isPresent());
  }

  /** Only once somebody has done it by command, who knows who else has a key. */
  @Test
  void theCalendarStartsTheSecond() throws Exception {
    Gateway gateway = world.gateway(Rotations.Watch.NOBODY, Optional.of(Duration.ofDays(30)));
    world.clock.advance(Duration.ofDays(60));
    gateway.rotations().lookAround();
    Thread.sleep(200);
    assertThat(world.journal).isEmpty();

    assertThat(start(gateway)).isNotNull();
    goThrough(gateway);
    world.clock.advance(Duration.ofDays(29));
    gateway.rotations().lookAround();
    Thread.sleep(200);
    assertThat(gateway.state().rotation()).isEmpty();
    world.clock.advance(Duration.ofDays(1));
    gateway.rotations().lookAround();

    await("the second", () -> gateway.state().rotation().isPresent());
    assertThat(gateway.state().rotation().orElseThrow().startedBy()).isEqualTo("schedule");
  }

  /** Whoever can write to the store could have a key regenerated that is in use. */
  @Test
  void nothingIsDoneThatNoGatewayWroteDown() throws Exception {
    Gateway gateway = world.gateway();
    assertThat(start(gateway)).isNotNull();
    await("the change over", () -> isAt(gateway, RotationStep.REGENERATE_USED));
    Map<KeyKind, String> before = world.keys();

    world
        .database()
        .transaction(
            handle -> handle.execute("UPDATE account_key SET in_use = 'PRIMARY', due_at = 0"))
        .await();
    gateway.rotations().lookAround();
    Thread.sleep(300);

    assertThat(world.keys()).isEqualTo(before);
  }

  /** Each step, before it is done and after, but before the store knows. */
  static Stream<Arguments> points() {
    return RotationStep.all(false).stream()
        .flatMap(step -> Stream.of(Arguments.of(step, false), Arguments.of(step, true)));
  }

  @ParameterizedTest(name = "{0}, done: {1}")
  @MethodSource("points")
  void aGatewayThatStopsIsFollowedByOneThatGoesOn(RotationStep where, boolean done)
      throws Exception {
    CountDownLatch there = new CountDownLatch(1);
    Gateway first = world.gateway(stopping(where, done, there), Optional.empty());
    Map<KeyKind, String> before = world.keys();
    assertThat(start(first)).isNotNull();
    await("the point", () -> isOver(first) || there.getCount() == 0);
    first.rotations().close();
    assertThat(world.isLetIn(first.keys())).isTrue();

    // Its claim to see to the account has ended.
    world.clock.advance(Duration.ofSeconds(31));
    Gateway second = world.gateway();
    assertThat(world.isLetIn(second.keys())).isTrue();
    await("the end", () -> isOver(second));

    assertThat(world.keys())
        .allSatisfy((kind, key) -> assertThat(key).isNotEqualTo(before.get(kind)));
    assertThat(world.isLetIn(second.keys())).isTrue();
    assertThat(second.keys().inUse()).isEqualTo(KeyName.SECONDARY);
  }

  /** Whoever is there goes no further, as if it weren't there any more. */
  static Rotations.Watch stopping(RotationStep where, boolean done, CountDownLatch there) {
    return new Rotations.Watch() {
      @Override
      public void begins(String account, RotationStep step) {
        stop(step == where && !done);
      }

      @Override
      public void isDone(String account, RotationStep step) {
        stop(step == where && done);
      }

      private void stop(boolean here) {
        if (here) {
          there.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
      }
    };
  }
}
