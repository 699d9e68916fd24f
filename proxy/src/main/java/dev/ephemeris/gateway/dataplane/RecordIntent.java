package dev.ephemeris.gateway.dataplane;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.journal.Pseudonyms;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what is about to happen, and what the policy has against it. Without the records it
 * doesn't.
 */
final class RecordIntent implements Step {

  private static final Logger LOG = LoggerFactory.getLogger(RecordIntent.class);

  /** In UTF-16 units of queries. */
  private static final long REMEMBERED = 512 * 1024;

  private final Access access;
  private final Journal journal;
  private final Pseudonyms pseudonyms;
  private final InstantSource clock;

  /** Programs ask the same again and again, with other parameters. */
  private final LoadingCache<String, Optional<QueryShape>> shapes =
      Caffeine.newBuilder()
          .maximumWeight(REMEMBERED)
          .weigher((String query, Optional<QueryShape> unused) -> query.length())
          .build(QueryShape::of);

  RecordIntent(Access access, Journal journal, Pseudonyms pseudonyms, InstantSource clock) {
    this.access = access;
    this.journal = journal;
    this.pseudonyms = pseudonyms;
    this.clock = clock;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Lease lease = exchange.lease();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String requestId = new UUID(random.nextLong(), random.nextLong()).toString();
    Optional<QueryShape> query = exchange.query().flatMap(shapes::get);
    try {
      access.reported(exchange);
      journal.append(
          new JournalRecord.RequestIntent(
              clock.instant(),
              requestId,
              lease.id().value(),
              lease.sessionId(),
              lease.principal().toString(),
              lease.actsForText(),
              exchange.upstream().account(),
              exchange.request().operation().name(),
              exchange.allowed().actions().stream().map(Action::shortName).toList(),
              exchange.allowed().scope().toString(),
              partitionKey(exchange),
              itemId(exchange),
              query.map(QueryShape::text),
              query.map(QueryShape::fingerprint),
              exchange.batchOperations(),
              exchange.allowed().rule().value(),
              exchange.activityId()));
    } catch (JournalException e) {
      return refused(e);
    }
    exchange.intended(requestId);
    CompletionStage<@Nullable Void> settled = journal.settled();
    return settled == Journal.SETTLED
        ? Verdict.PROCEED
        : Future.fromCompletionStage(settled, Vertx.currentContext())
            .transform(done -> done.succeeded() ? Verdict.PROCEED : refused(done.cause()));
  }

  private static Future<Verdict> refused(Throwable why) {
    LOG.atError().setCause(why).log("the journal takes no records: requests are refused");
    return Future.succeededFuture(JournalFault.REFUSAL);
  }

  private Optional<String> partitionKey(Exchange exchange) {
    return exchange
        .confinedTo()
        .or(() -> exchange.request().partitionKey())
        .map(key -> pseudonyms(exchange).of(Pseudonyms.PARTITION_KEY, key.header()));
  }

  private Optional<String> itemId(Exchange exchange) {
    return exchange.request().resourceType() == ResourceType.ITEM
        ? exchange.address().child().map(id -> pseudonyms(exchange).of(Pseudonyms.ITEM_ID, id))
        : Optional.empty();
  }

  private Pseudonyms pseudonyms(Exchange exchange) {
    return switch (exchange.upstream().identifiers()) {
      case HASHED -> pseudonyms;
      case PLAIN -> Pseudonyms.PLAIN;
    };
  }
}
