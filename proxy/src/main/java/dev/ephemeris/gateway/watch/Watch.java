package dev.ephemeris.gateway.watch;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at something again and again, on a thread of its own. At files by their content: editors
 * and Kubernetes put new files in the place of old ones, and file systems don't all tell.
 */
public final class Watch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  /** For files: what is changed is in force after two looks. */
  public static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /** Azure may take minutes to answer a look, and whoever stops a gateway won't wait so long. */
  private static final Duration CLOSED_WITHIN = Duration.ofSeconds(10);

  private final Thread looking;
  private final CountDownLatch closing;

  private Watch(Thread looking, CountDownLatch closing) {
    this.looking = looking;
    this.closing = closing;
  }

  /**
   * Looks at once, and from then on.
   *
   * @param what is looked at, for the log
   * @param look may fail: the next one may be a better one
   * @param between from the end of one to the next
   */
  public static Watch start(String what, Runnable look, Duration between) {
    // Not by interrupting: that would close the journal, if it is being written.
    CountDownLatch closing = new CountDownLatch(1);
    return new Watch(
        Thread.ofVirtual()
            .name(what + "-watch")
            .start(
                () -> {
                  do {
                    try {
                      look.run();
                    } catch (RuntimeException | LinkageError e) {
                      // Whatever it was: without looks nothing changes any more.
                      LOG.atError().addKeyValue("what", what).setCause(e).log("a look failed");
                    }
                  } while (!closed(closing, between));
                }),
        closing);
  }

  private static boolean closed(CountDownLatch closing, Duration within) {
    try {
      return closing.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException asGoodAsClosed) {
      return true;
    }
  }

  /** Ends, once a look that is under way is through; one that takes long isn't waited for. */
  @Override
  public void close() {
    closing.countDown();
    try {
      boolean unused = looking.join(CLOSED_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
