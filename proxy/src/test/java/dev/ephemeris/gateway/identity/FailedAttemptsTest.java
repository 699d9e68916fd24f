package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.identity.FailedAttempts.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FailedAttemptsTest {

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final FailedAttempts attempts = new FailedAttempts(now::get);

  private Answer fail(String address) {
    return attempts.failed(address, Optional.empty());
  }

  private void failHundredTimes(String address) {
    for (int i = 0; i < 100; i++) {
      assertThat(fail(address)).isEqualTo(new Answer.AsEver(0));
    }
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @Test
  void slowsTheHundredAndFirst() {
    failHundredTimes("192.0.2.1");

    assertThat(fail("192.0.2.1")).isEqualTo(new Answer.Slowed(Duration.ofSeconds(1)));
    assertThat(fail("192.0.2.2")).isEqualTo(new Answer.AsEver(0));
  }

  @Test
  void answersOneInASecondFromThenOn() {
    failHundredTimes("192.0.2.1");
    for (int i = 0; i < 7; i++) {
      assertThat(fail("192.0.2.1")).isInstanceOf(Answer.Slowed.class);
    }

    pass(Duration.ofSeconds(1));

    assertThat(fail("192.0.2.1")).isEqualTo(new Answer.AsEver(7));
    assertThat(fail("192.0.2.1")).isInstanceOf(Answer.Slowed.class);
    pass(Duration.ofMillis(400));
    assertThat(fail("192.0.2.1")).isEqualTo(new Answer.Slowed(Duration.ofMillis(600)));
  }

  @Test
  void forgetsWithTime() {
    failHundredTimes("192.0.2.1");
    pass(Duration.ofSeconds(1_000));

    failHundredTimes("192.0.2.1");
    assertThat(fail("192.0.2.1")).isInstanceOf(Answer.Slowed.class);
  }

  /** One host has a whole network of IPv6, and could come from another address each time. */
  @Test
  void countsANetworkOfVersionSixAsOne() {
    for (int i = 0; i < 100; i++) {
      assertThat(fail("2001:db8::" + Integer.toHexString(i + 1))).isEqualTo(new Answer.AsEver(0));
    }

    assertThat(fail("2001:db8::ffff")).isInstanceOf(Answer.Slowed.class);
    assertThat(fail("2001:db8:0:1::1")).isEqualTo(new Answer.AsEver(0));
  }

  /** From ever other addresses, at one person. */
  @Test
  void countsByWhomTheyClaimToBe() {
    for (int i = 0; i < 100; i++) {
      assertThat(attempts.failed("10.0.0." + i, Optional.of("corp alice")))
          .isEqualTo(new Answer.AsEver(0));
    }

    assertThat(attempts.failed("10.0.1.1", Optional.of("corp alice")))
        .isInstanceOf(Answer.Slowed.class);
    assertThat(attempts.failed("10.0.1.1", Optional.of("corp bob")))
        .isInstanceOf(Answer.AsEver.class);
  }

  @Test
  void tellsWhatWasNotRecorded() {
    assertThat(new Answer.AsEver(0).recorded("no token")).isEqualTo("no token");
    assertThat(new Answer.AsEver(3).recorded("no token"))
        .isEqualTo("no token (and 3 more from there since, which were slowed)");
    assertThat(new Answer.Slowed(Duration.ofMillis(400)).waitSeconds()).isEqualTo(1);
    assertThat(new Answer.Slowed(Duration.ofMillis(1_001)).waitSeconds()).isEqualTo(2);
    assertThat(new Answer.Slowed(Duration.ofMillis(400)).waitMillis()).isEqualTo(400);
  }
}
