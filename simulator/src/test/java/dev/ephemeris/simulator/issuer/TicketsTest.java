package dev.ephemeris.simulator.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TicketsTest {
  private final TestClock clock = new TestClock();
  private final Tickets<Integer> tickets = new Tickets<>(clock, Duration.ofMinutes(1));

  @Test
  void givesAValueOnce() {
    // Given
    var name = tickets.issue(1);
    // Then
    assertThat(tickets.find(name)).contains(1);
    assertThat(tickets.take(name)).contains(1);
    assertThat(tickets.take(name)).isEmpty();
  }

  @Test
  void givesNothingOnceTimeIsUp() {
    // Given
    var name = tickets.issue(1);
    // When
    clock.pass(Duration.ofMinutes(1));
    // Then
    assertThat(tickets.find(name)).isEmpty();
    assertThat(tickets.take(name)).isEmpty();
  }

  @Test
  void lastsAnotherLifetimeWhenKeptAgain() {
    // Given
    var name = tickets.issue(1);
    clock.pass(Duration.ofSeconds(40));
    // When
    tickets.keep(name, 2);
    clock.pass(Duration.ofSeconds(40));
    // Then
    assertThat(tickets.find(name)).contains(2);
  }

  @Test
  void dropsTheOldestWhenFull() {
    // Given
    var first = tickets.issue(0);
    var second = tickets.issue(1);
    // When
    for (var i = 2; i < 10_001; i++) {
      tickets.issue(i);
    }
    // Then
    assertThat(tickets.find(first)).isEmpty();
    assertThat(tickets.find(second)).contains(1);
  }

  @Test
  void namesAreUrlSafeAnd256BitsLong() {
    assertThat(Tickets.random()).matches("[A-Za-z0-9_-]{43}").isNotEqualTo(Tickets.random());
  }
}
