package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.Backstage;
import dev.ephemeris.gateway.custody.SecretFile;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.gateway.identity.BackstageClient.NoAnswerException;
import dev.ephemeris.gateway.metrics.CatalogMetrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Backstage for its catalog, again and again and when somebody says that it has changed; one
 * reading at a time. Until an answer is good, the last one holds as long as it is fresh.
 *
 * <p>Thread-safe.
 */
public final class CatalogRefresh implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CatalogRefresh.class);

  /** Between two readings that somebody asks for. */
  static final Duration BETWEEN_HINTS = Duration.ofSeconds(5);

  // RFC 6750 §2.1. What else is in the file would be a header of its own.
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");

  private final Vertx vertx;
  private final Context context;
  private final Backstage settings;
  private final BackstageClient client;
  private final BackstageCatalog catalog;
  private final CatalogMetrics metrics;
  private final InstantSource clock;

  // Guarded by this.
  private Optional<Future<Void>> running = Optional.empty();
  private Instant hintedAt = Instant.EPOCH;
  private long timer = -1;
  private boolean hintedMeanwhile;
  private boolean closed;

  /** Why the last answer was none; empty if it was one. */
  private volatile Optional<Failure> failure = Optional.empty();

  private record Failure(Instant since, String why) {}

  /** What becomes of a hint that the catalog has changed. */
  public sealed interface Hint {

    /** It is being read, or about to be. */
    record Taken() implements Hint {}

    /** It was read for a hint a moment ago; the next is taken after this time. */
    record TooSoon(Duration retryAfter) implements Hint {}
  }

  /** Doesn't ask for anything yet. */
  public CatalogRefresh(
      Vertx vertx,
      Backstage settings,
      BackstageCatalog catalog,
      CatalogMetrics metrics,
      InstantSource clock) {
    this(
        vertx,
        settings,
        new BackstageClient(vertx, settings, BackstageClient.Limits.USUAL),
        catalog,
        metrics,
        clock);
  }

  CatalogRefresh(
      Vertx vertx,
      Backstage settings,
      BackstageClient client,
      BackstageCatalog catalog,
      CatalogMetrics metrics,
      InstantSource clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.settings = settings;
    this.client = client;
    this.catalog = catalog;
    this.metrics = metrics;
    this.clock = clock;
  }

  /** A token that can be sent. The message of the exception doesn't repeat it. */
  public static String token(String text) {
    if (!TOKEN.matcher(text).matches()) {
      throw new IllegalArgumentException("it isn't a bearer token");
    }
    return text;
  }

  /** Asks now and from then on; complete once the first answer is there, or none is to be had. */
  public Future<Void> start() {
    return now();
  }

  /** Somebody says that the catalog has changed: a reason to look, and no more than that. */
  public synchronized Hint hint() {
    Instant now = clock.instant();
    Instant next = hintedAt.plus(BETWEEN_HINTS);
    if (now.isBefore(next) && !now.isBefore(hintedAt)) {
      return new Hint.TooSoon(Duration.between(now, next));
    }
    hintedAt = now;
    // What is being read may have been read before the change.
    hintedMeanwhile = running.isPresent();
    Future<Void> unused = now();
    return new Hint.Taken();
  }

  /** The one reading that there is. Doesn't fail: what failed is told. */
  private synchronized Future<Void> now() {
    if (closed) {
      return Future.succeededFuture();
    }
    if (running.isPresent()) {
      return running.get();
    }
    vertx.cancelTimer(timer);
    Promise<Void> done = Promise.promise();
    running = Optional.of(done.future());
    context.runOnContext(
        go ->
            read()
                .onComplete(
                    read -> {
                      if (read.succeeded()) {
                        succeeded();
                      } else {
                        failed(read.cause());
                      }
                      again();
                      done.complete();
                    }));
    return done.future();
  }

  private synchronized void again() {
    running = Optional.empty();
    if (hintedMeanwhile) {
      hintedMeanwhile = false;
      unawaited();
    } else if (!closed) {
      timer = vertx.setTimer(settings.refresh().toMillis(), due -> unawaited());
    }
  }

  private void unawaited() {
    Future<Void> unused = now();
  }

  private Future<Void> read() {
    // The answer is as old as the question.
    Instant asked = clock.instant();
    return vertx
        .executeBlocking(this::token)
        .compose(client::read)
        .compose(items -> vertx.executeBlocking(() -> taken(items, asked)));
  }

  /** Read each time, so that it can be replaced in its file. */
  private String token() throws SecretFileException {
    return SecretFile.read(settings.tokenFile(), CatalogRefresh::token);
  }

  private Void taken(List<JsonNode> items, Instant asked) {
    BackstageCatalog.Answer before = catalog.answer();
    catalog.take(items.stream(), asked);
    BackstageCatalog.Answer after = catalog.answer();
    boolean changed = !after.digest().equals(before.digest());
    metrics.answered(asked, changed, after.others().count());
    if (!after.others().equals(before.others())) {
      LOG.atInfo()
          .addKeyValue("entities", after.others().count())
          .addKeyValue("origins", after.others().examples())
          .log("entities of other origins than the configuration's don't count");
    }
    return null;
  }

  private void succeeded() {
    failure.ifPresent(
        was -> LOG.atInfo().addKeyValue("since", was.since()).log("Backstage answers again"));
    failure = Optional.empty();
  }

  private void failed(Throwable cause) {
    metrics.failed();
    String why =
        switch (cause) {
          case NoAnswerException no -> String.valueOf(no.getMessage());
          case SecretFileException secret -> String.valueOf(secret.getMessage());
          default -> "the gateway failed on its answer; the log says how";
        };
    boolean told = failure.filter(before -> before.why().equals(why)).isPresent();
    failure = Optional.of(new Failure(failure.map(Failure::since).orElse(clock.instant()), why));
    if (!told) {
      boolean expected = cause instanceof NoAnswerException || cause instanceof SecretFileException;
      LOG.atError()
          .setCause(expected ? null : cause)
          .addKeyValue("backstage", settings.baseUrl())
          .addKeyValue("reason", why)
          .log("Backstage's catalog can't be read; its last answer holds while it is fresh");
    }
  }

  /** What an operator should know: why there is no newer answer, or who doesn't count. */
  public Optional<String> notice() {
    return failure.map(
        now ->
            "Backstage gives no answer since "
                + now.since()
                + ": "
                + now.why()
                + (now.why().endsWith(".") ? "" : ".")
                + " Its last one holds until it is "
                + settings.freshness().toSeconds()
                + " seconds old.");
  }

  /** Asks no more. */
  @Override
  public synchronized void close() {
    closed = true;
    vertx.cancelTimer(timer);
  }
}
