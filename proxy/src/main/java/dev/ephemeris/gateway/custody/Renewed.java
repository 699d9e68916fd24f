package dev.ephemeris.gateway.custody;

import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What lets the gateway in somewhere, kept in memory, and got anew before it ends. It is got on a
 * virtual thread, by one at a time, and nobody waits for that while what is there is good.
 * Thread-safe.
 */
final class Renewed<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Renewed.class);

  /** From one attempt to the next, whether it failed or got what is to be renewed soon. */
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  private static final long WAIT_SECONDS = 20;

  private final String account;
  private final String what;
  private final Callable<Got<T>> source;
  private final InstantSource clock;

  /** Written under the monitor. */
  private volatile @Nullable Held<T> held;

  // Guarded by the monitor.
  private @Nullable Promise<Held<T>> underWay;
  private Instant notBefore = Instant.MIN;
  private @Nullable CredentialException failure;

  /**
   * What was got.
   *
   * @param renewAt when it is to be got anew
   * @param goodUntil when it is of no use
   */
  record Got<T>(T value, Instant renewAt, Instant goodUntil) {}

  /** The same, as everybody is given it: one future, made once. */
  private record Held<T>(Future<T> value, Instant renewAt, Instant goodUntil) {}

  /**
   * @param account whose it is, for the log
   * @param what it is, for errors: {@code token of Entra ID for account “orders-prod”}
   * @param source where it comes from; may block, and is called by one thread at a time. Its
   *     messages are told
   */
  Renewed(String account, String what, Callable<Got<T>> source, InstantSource clock) {
    this.account = account;
    this.what = what;
    this.source = source;
    this.clock = clock;
  }

  /**
   * What is good now. Completes at once but for the first time, and on the context of the caller.
   * Fails with {@link CredentialException} if there is nothing.
   */
  Future<T> value() {
    Held<T> now = held;
    Instant at = clock.instant();
    if (now != null && at.isBefore(now.goodUntil())) {
      if (!at.isBefore(now.renewAt())) {
        renew(at);
      }
      return now.value();
    }
    return here(renew(at)).compose(Held::value);
  }

  /**
   * The same, as it was refused where it should let in: it is got anew first, unless that was done
   * a moment ago.
   */
  Future<T> again() {
    return here(renew(clock.instant())).compose(Held::value);
  }

  /** What is being got, by this call or an earlier one. */
  private synchronized Future<Held<T>> renew(Instant at) {
    if (underWay != null) {
      return underWay.future();
    }
    if (at.isBefore(notBefore)) {
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      Held<T> now = held;
      if (now != null && at.isBefore(now.goodUntil())) {
        return Future.succeededFuture(now);
      }
    }
    Promise<Held<T>> promise = Promise.promise();
    underWay = promise;
    Thread.ofVirtual().name("credential-" + account).start(() -> get(promise));
    return promise.future();
  }

  /** What there is, good or not; gets none. */
  Optional<T> held() {
    Held<T> now = held;
    return now == null ? Optional.empty() : Optional.of(now.value().result());
  }

  /** This is it from now on, also for whoever waits for what is being got, which may be older. */
  void replace(Got<T> got) {
    Held<T> fresh = held(got);
    Promise<Held<T>> overtaken;
    synchronized (this) {
      overtaken = underWay;
      underWay = null;
      held = fresh;
      failure = null;
    }
    if (overtaken != null) {
      overtaken.complete(fresh);
    }
  }

  private static <T> Held<T> held(Got<T> got) {
    return new Held<>(Future.succeededFuture(got.value()), got.renewAt(), got.goodUntil());
  }

  private void get(Promise<Held<T>> promise) {
    Held<T> fresh;
    try {
      fresh = held(source.call());
    } catch (Exception | LinkageError e) {
      CredentialException why = why(e);
      LOG.atWarn().addKeyValue("account", account).log(why.getMessage());
      if (isDone(promise, null, why)) {
        promise.fail(why);
      }
      return;
    }
    if (isDone(promise, fresh, null)) {
      promise.complete(fresh);
    }
  }

  /** Keeps what came of it; not if it was overtaken, and then its promise is kept, too. */
  private synchronized boolean isDone(
      Promise<Held<T>> promise, @Nullable Held<T> got, @Nullable CredentialException why) {
    if (underWay != promise) {
      return false;
    }
    held = got == null ? held : got;
    failure = why;
    notBefore = clock.instant().plus(BETWEEN);
    underWay = null;
    return true;
  }

  /** In words only: what else Azure's libraries attach to a failure is theirs to choose. */
  private CredentialException why(Throwable failure) {
    List<String> reasons = new ArrayList<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && !message.isBlank()) {
        reasons.add(message.lines().findFirst().orElseThrow());
      }
    }
    return new CredentialException(
        "No " + what + ": " + reasons.stream().distinct().collect(Collectors.joining(": ")));
  }

  /** The same on the event loop of the caller, who doesn't wait for ever. */
  private Future<Held<T>> here(Future<Held<T>> wanted) {
    Context context = Vertx.currentContext();
    return (context == null
            ? wanted
            : Future.fromCompletionStage(wanted.toCompletionStage(), context))
        .timeout(WAIT_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof TimeoutException
                        ? new CredentialException(
                            "No " + what + " within " + WAIT_SECONDS + " seconds.")
                        : failure));
  }
}
