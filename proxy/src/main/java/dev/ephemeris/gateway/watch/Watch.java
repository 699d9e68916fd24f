package dev.ephemeris.gateway.policy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files of the policy in force again and again, on a thread of its own. By their
 * content: editors and Kubernetes put new files in the place of old ones, and file systems don't
 * all tell.
 */
public final class PolicyWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);

  /** What is changed is in force after two looks. */
  public static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final Thread looking;
  private final CountDownLatch closing;

  private PolicyWatch(Thread looking, CountDownLatch closing) {
    this.looking = looking;
    this.closing = closing;
  }

  public static PolicyWatch start(PolicyInForce policy, Duration between) {
    // Not by interrupting: that would close the journal, if it is being written.
    CountDownLatch closing = new CountDownLatch(1);
    return new PolicyWatch(
        Thread.ofVirtual().name("policy-watch").start(() -> watch(policy, between, closing)),
        closing);
  }

  private static void watch(PolicyInForce policy, Duration between, CountDownLatch closing) {
    while (!closed(closing, between)) {
      try {
        policy.look();
      } catch (RuntimeException e) {
        // Whatever it was: the next look may be a better one, and without looks nothing changes.
        LOG.atError().setCause(e).log("the files of the policy can't be looked at");
      }
    }
  }

  private static boolean closed(CountDownLatch closing, Duration within) {
    try {
      return closing.await(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException asGoodAsClosed) {
      return true;
    }
  }

  /** Ends; nothing is replaced after it has returned, unless who waits is interrupted. */
  @Override
  public void close() {
    closing.countDown();
    try {
      looking.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
