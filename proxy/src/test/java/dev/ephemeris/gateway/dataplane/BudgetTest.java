package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BudgetTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** When something was spent, and how much. */
  private record Spent(long at, double requestUnits) {}

  private static Limits perMinute(int requestUnits) {
    return new Limits(
        Optional.of(requestUnits),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void tellsHowLongToWait() {
    Budget budget = new Budget();
    Limits limits = perMinute(60); // one a second, ten saved up

    assertThat(budget.untilPositive(0)).isZero();
    budget.spend(9, limits, 0);
    assertThat(budget.untilPositive(0)).isZero();
    budget.spend(4, limits, 0);
    assertThat(budget.untilPositive(0)).isEqualTo(Duration.ofSeconds(3).plusNanos(1));
    assertThat(budget.untilPositive(3 * SECOND)).isEqualTo(Duration.ofNanos(1));
    assertThat(budget.untilPositive(3 * SECOND + 1)).isZero();
  }

  /** However much others take that it doesn't hold up, it is positive in a minute. */
  @Test
  void owesAMinuteAtMostForWhatIsOnlyCounted() {
    Budget budget = new Budget();
    Limits limits = perMinute(60);

    budget.count(12, limits, 0);
    assertThat(budget.untilPositive(0)).isEqualTo(Duration.ofSeconds(2).plusNanos(1));
    for (int i = 0; i < 10; i++) {
      budget.count(1_000, limits, 0);
      assertThat(budget.untilPositive(0)).isEqualTo(Duration.ofMinutes(1).plusNanos(1));
    }
    // What is held up is taken off all the same.
    budget.spend(1, limits, 0);
    assertThat(budget.untilPositive(0)).isEqualTo(Duration.ofSeconds(61).plusNanos(1));
    budget.count(1, limits, 0);
    assertThat(budget.untilPositive(0)).isEqualTo(Duration.ofSeconds(61).plusNanos(1));
  }

  @Test
  void savesUpTenSecondsAtMost() {
    Budget budget = new Budget();
    Limits limits = perMinute(60);
    budget.spend(1, limits, -5 * SECOND);

    budget.spend(10, limits, 3600 * SECOND);

    assertThat(budget.untilPositive(3600 * SECOND)).isPositive();
  }

  /** In any minute: the minute's, the ten seconds' that were saved up, and one charge too many. */
  @Property
  void neverGivesMoreThanItHas(
      @ForAll @IntRange(min = 1, max = 100_000) int perMinute,
      @ForAll @Size(max = 200) List<@DoubleRange(min = 0.1, max = 50) Double> charges,
      @ForAll @LongRange(min = 0, max = 2_000_000_000) long between) {
    Budget budget = new Budget();
    Limits limits = perMinute(perMinute);
    List<Spent> all = new ArrayList<>();
    long now = -SECOND;
    for (double charge : charges) {
      now += between;
      if (budget.untilPositive(now).isZero()) {
        budget.spend(charge, limits, now);
        all.add(new Spent(now, charge));
      }
    }
    for (Spent first : all) {
      double inAMinute =
          all.stream()
              .filter(later -> later.at() >= first.at() && later.at() < first.at() + 60 * SECOND)
              .mapToDouble(Spent::requestUnits)
              .sum();
      assertThat(inAMinute).isLessThanOrEqualTo(perMinute * 7 / 6.0 + 50 + 1e-3);
    }
  }

  /** Whoever waits as long as they are told gets on. */
  @Property
  void isPositiveWhenItSays(
      @ForAll @IntRange(min = 1, max = 100_000) int perMinute,
      @ForAll @DoubleRange(min = 0.1, max = 5000) double charge) {
    Budget budget = new Budget();
    budget.spend(charge, perMinute(perMinute), 0);

    Duration wait = budget.untilPositive(0);

    assertThat(budget.untilPositive(wait.toNanos())).isZero();
  }

  @Test
  void letsNoMoreBeOnTheirWay() throws Exception {
    Budget budget = new Budget();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    List<Callable<Boolean>> requests = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      requests.add(
          () -> {
            if (!budget.begin(3)) {
              return false;
            }
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            now.decrementAndGet();
            budget.end();
            return true;
          });
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      threads.invokeAll(requests);
    }

    assertThat(most.get()).isBetween(1, 3);
    assertThat(budget.begin(1)).isTrue();
    assertThat(budget.begin(1)).isFalse();
    budget.end();
    assertThat(budget.begin(1)).isTrue();
  }
}
