package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.SettableClock;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is given while something else is being got. */
class RenewedTest {

  private final SettableClock clock = new SettableClock();
  private final CountDownLatch mayCome = new CountDownLatch(1);
  private final CompletableFuture<Thread> getting = new CompletableFuture<>();
  private final Renewed<String> renewed = new Renewed<>("orders-prod", "key", this::late, clock);

  private Renewed.Got<String> late() throws InterruptedException {
    getting.complete(Thread.currentThread());
    mayCome.await();
    return got("of before");
  }

  private static Renewed.Got<String> got(String value) {
    return new Renewed.Got<>(value, Instant.MAX, Instant.MAX);
  }

  /** It was read before the change, and says nothing about after. */
  @Test
  void whatComesTooLateDoesNotUndoAReplacement() throws Exception {
    Future<String> waiting = renewed.value();
    Thread late = getting.join();

    renewed.replace(got("of now"));
    assertThat(waiting.await()).isEqualTo("of now");
    mayCome.countDown();
    late.join();

    assertThat(renewed.value().await()).isEqualTo("of now");
    assertThat(renewed.held()).contains("of now");
  }

  @Test
  void isGotOnlyWhenItIsAskedFor() throws Exception {
    assertThat(renewed.held()).isEmpty();
    assertThat(getting).isNotDone();

    Future<String> waiting = renewed.value();
    mayCome.countDown();

    assertThat(waiting.await()).isEqualTo("of before");
    assertThat(renewed.held()).contains("of before");
  }
}
