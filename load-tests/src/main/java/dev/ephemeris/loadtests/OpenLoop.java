package dev.ephemeris.loadtests;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads at a fixed rate, whether the earlier ones were answered or not. Each counts from when it
 * should have been sent: a proxy that stalls is charged for those that had to wait meanwhile.
 */
final class OpenLoop {

  private OpenLoop() {}

  /** How long the answers took. */
  static Latencies run(Vertx vertx, PointReads reads, int perSecond, Duration duration) {
    int count = Math.toIntExact(duration.toMillis() * perSecond / 1000);
    long interval = 1_000_000_000L / perSecond;
    // Everything below happens on this one event loop, but for the pace.
    Context context = vertx.getOrCreateContext();
    Promise<Latencies> all = Promise.promise();
    Answers answers = new Answers(new long[count], all);
    long start = System.nanoTime() + interval;
    for (int turn = 0; turn < count; turn++) {
      int number = turn;
      long due = start + number * interval;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      context.runOnContext(
          _ ->
              reads
                  .read(number)
                  .onSuccess(_ -> answers.add(System.nanoTime() - due))
                  .onFailure(all::tryFail));
    }
    return all.future().await();
  }

  /** Confined to the event loop. */
  private static final class Answers {

    private final long[] nanos;
    private final Promise<Latencies> all;
    private int count;

    Answers(long[] nanos, Promise<Latencies> all) {
      this.nanos = nanos;
      this.all = all;
    }

    void add(long took) {
      nanos[count++] = took;
      if (count == nanos.length) {
        all.tryComplete(Latencies.of(nanos));
      }
    }
  }
}
