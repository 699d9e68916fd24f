package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PaceTest {

  private static final int MOST = 5;
  private static final Duration PER = Duration.ofSeconds(10);

  /**
   * Never more than twice as many in the while, however the asking is spread: what was saved up,
   * and what has come since. Never fewer than one after what was said to be waited for.
   */
  @Property
  void letsThroughAsManyAsItSays(
      @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 5_000) Integer> apart) {
    SettableClock clock = new SettableClock();
    Pace<String> pace = new Pace<>(MOST, PER, clock);
    Deque<Instant> let = new ArrayDeque<>();
    for (int millis : apart) {
      clock.advance(Duration.ofMillis(millis));
      Duration wait = pace.wait("somebody");
      if (wait.isZero()) {
        let.add(clock.instant());
      } else {
        clock.advance(wait);
        assertThat(pace.wait("somebody")).isZero();
        let.add(clock.instant());
      }
      while (let.getFirst().isBefore(clock.instant().minus(PER))) {
        let.removeFirst();
      }
      assertThat(let.size()).isLessThanOrEqualTo(2 * MOST);
    }
  }

  @Property(tries = 20)
  void knowsOneFromAnother(@ForAll @IntRange(min = MOST, max = 20) int times) {
    Pace<String> pace = new Pace<>(MOST, PER, new SettableClock());
    for (int i = 0; i < times; i++) {
      assertThat(pace.wait("hasty").isZero()).isEqualTo(i < MOST);
    }
    assertThat(pace.wait("patient")).isZero();
  }
}
