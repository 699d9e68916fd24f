package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.Issuer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer, fetched when they are first needed, when a token names an unknown one,
 * and when they grow old; but not more often than every thirty seconds and only once at a time, so
 * that forged key ids make no storm. A fetch that fails takes none away, for a day.
 *
 * <p>Confined to one event loop.
 */
final class IssuerKeys {

  private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);

  /** A key that its issuer took back counts for so long, while the issuer answers. */
  private static final Duration FRESH = Duration.ofHours(1);

  /** And for so long while it doesn't. */
  private static final Duration USABLE = Duration.ofHours(24);

  private final Supplier<Future<VerificationKeys>> source;
  private final InstantSource clock;

  /** The keys that count: of the last fetch that brought some, at {@link #knownAt}. */
  private @Nullable VerificationKeys known;

  private Instant knownAt = Instant.MIN;

  private @Nullable Future<VerificationKeys> lastFetch;
  private Instant fetchedAt = Instant.MIN;

  IssuerKeys(Supplier<Future<VerificationKeys>> source, InstantSource clock) {
    this.source = source;
    this.clock = clock;
  }

  /** From the issuer's file if it has one, else from where its discovery says. */
  static IssuerKeys of(Vertx vertx, Issuer issuer, InstantSource clock) {
    Discovery discovery = new Discovery(vertx);
    return new IssuerKeys(
        () ->
            issuer
                .jwksFile()
                .map(file -> read(vertx, file))
                .orElseGet(() -> discovery.keys(issuer.issuer()))
                .map(text -> VerificationKeys.parse(text, issuer.algorithms())),
        clock);
  }

  private static Future<String> read(Vertx vertx, Path file) {
    return vertx
        .fileSystem()
        .readFile(file.toString())
        .map(Object::toString)
        .recover(failure -> Future.failedFuture("its keys can't be read from " + file));
  }

  /** The keys that count; fetched if there are none yet, or none that are young enough. */
  Future<VerificationKeys> now() {
    VerificationKeys usable = known;
    if (usable == null || isOlderThan(USABLE)) {
      return fetched();
    }
    // A key that was withdrawn counts no longer because nobody has asked for a while.
    return isOlderThan(FRESH)
        ? fetched().recover(failure -> Future.succeededFuture(usable))
        : Future.succeededFuture(usable);
  }

  /** Keys to try after these: those of the fetch that runs, or of one begun now if it may be. */
  Future<VerificationKeys> newerThan(VerificationKeys tried) {
    VerificationKeys usable = known;
    if (usable != null && usable != tried) {
      return Future.succeededFuture(usable);
    }
    Future<VerificationKeys> last = lastFetch;
    boolean runs = last != null && !last.isComplete();
    return runs || mayFetch() ? fetched() : Future.succeededFuture(tried);
  }

  /** The last fetch; one begun now if none runs and it may be. */
  private Future<VerificationKeys> fetched() {
    Future<VerificationKeys> last = lastFetch;
    if (last != null && (!last.isComplete() || !mayFetch())) {
      return last;
    }
    fetchedAt = clock.instant();
    Future<VerificationKeys> begun = source.get().map(this::counts);
    lastFetch = begun;
    return begun;
  }

  private VerificationKeys counts(VerificationKeys fetched) {
    known = fetched;
    knownAt = clock.instant();
    return fetched;
  }

  private boolean mayFetch() {
    return !clock.instant().isBefore(fetchedAt.plus(BETWEEN_FETCHES));
  }

  private boolean isOlderThan(Duration age) {
    return !clock.instant().isBefore(knownAt.plus(age));
  }
}
