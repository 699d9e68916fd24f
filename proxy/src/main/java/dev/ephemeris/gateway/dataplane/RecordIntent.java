package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what is about to happen, and what the policy has against it. Without the records it
 * doesn't.
 */
final class RecordIntent implements Step {

  private static final Logger LOG = LoggerFactory.getLogger(RecordIntent.class);

  private final Access access;
  private final Journal journal;
  private final InstantSource clock;

  RecordIntent(Access access, Journal journal, InstantSource clock) {
    this.access = access;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Lease lease = exchange.lease();
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String requestId = new UUID(random.nextLong(), random.nextLong()).toString();
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
              exchange.allowed().rule().value(),
              exchange.activityId()));
    } catch (JournalException e) {
      return refused(e);
    }
    exchange.intended(requestId);
    Future<Void> settled = journal.settled();
    return settled.succeeded()
        ? Verdict.PROCEED
        : settled.transform(done -> done.succeeded() ? Verdict.PROCEED : refused(done.cause()));
  }

  private static Future<Verdict> refused(Throwable why) {
    LOG.atError().setCause(why).log("the journal takes no records: requests are refused");
    return Future.succeededFuture(JournalFault.REFUSAL);
  }
}
