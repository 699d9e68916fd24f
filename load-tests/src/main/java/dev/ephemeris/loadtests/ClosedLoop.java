package dev.ephemeris.loadtests;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that read as fast as they are answered: each asks for its next item when it has the last.
 * What this shows is throughput and processor time; for latency see {@link OpenLoop}.
 */
final class ClosedLoop {

  private final PointReads reads;
  private final AtomicLong answered = new AtomicLong();
  private final List<Future<Void>> clients = new ArrayList<>();

  private volatile boolean over;

  private ClosedLoop(PointReads reads) {
    this.reads = reads;
  }

  static ClosedLoop start(PointReads reads, int clients) {
    ClosedLoop loop = new ClosedLoop(reads);
    for (int client = 0; client < clients; client++) {
      loop.start(client * 37);
    }
    return loop;
  }

  /** Waits for the client's first answer: so many handshakes at once take too long. */
  private void start(int first) {
    reads.read(first).await();
    Promise<Void> done = Promise.promise();
    next(first + 1, done);
    clients.add(done.future());
  }

  private void next(int turn, Promise<Void> done) {
    if (over) {
      done.complete();
      return;
    }
    reads
        .read(turn)
        .onSuccess(
            _ -> {
              answered.incrementAndGet();
              next(turn + 1, done);
            })
        .onFailure(done::fail);
  }

  /** How many reads have been answered yet. */
  long answered() {
    return answered.get();
  }

  /** Throws what a client failed with, if one did. */
  void check() {
    clients.stream()
        .filter(Future::failed)
        .findFirst()
        .ifPresent(
            client -> {
              throw new IllegalStateException("a read failed", client.cause());
            });
  }

  /** Ends the clients after the reads that they are waiting for. */
  void stop() {
    over = true;
    Future.all(clients).await();
  }
}
