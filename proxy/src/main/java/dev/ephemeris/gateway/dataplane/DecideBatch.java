package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Batch;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.JsonElements;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ParsedBatch;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks policy and lease for each operation of a batch. A transactional batch with one that is
 * refused is refused whole; of a bulk request only the others go on, and {@link Rewrite} puts the
 * refusals into the answer, each in its place.
 */
final class DecideBatch implements Step {

  private static final String ATOMIC = "x-ms-cosmos-batch-atomic";

  private final Access access;

  DecideBatch(Access access) {
    this.access = access;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    if (exchange.request().operation() != Operation.BATCH) {
      return Verdict.PROCEED;
    }
    return switch (Batch.parse(exchange.body().getBytes())) {
      case ParsedBatch.Malformed(String why) ->
          Verdict.refuse(
              CosmosError.badRequest("The batch's operations can't be read: " + why + "."));
      case Batch batch -> decide(exchange, batch);
    };
  }

  private Future<Verdict> decide(Exchange exchange, Batch batch) {
    Scope scope = exchange.allowed().scope();
    Map<Batch.Kind, Access.Answer> answers = new EnumMap<>(Batch.Kind.class);
    for (Batch.Entry entry : batch.entries()) {
      answers.computeIfAbsent(
          entry.kind(), kind -> access.toAll(exchange.lease(), actions(kind), scope));
    }
    Optional<CosmosError> refused = Optional.empty();
    Set<Action> allowed = EnumSet.noneOf(Action.class);
    for (Map.Entry<Batch.Kind, Access.Answer> answer : answers.entrySet()) {
      Set<Action> actions = actions(answer.getKey());
      switch (answer.getValue()) {
        case Access.Answer.Yes _ -> allowed.addAll(actions);
        case Access.Answer.No no -> refused = Optional.of(access.refused(exchange, actions, no));
      }
    }
    exchange.allowed(
        new Exchange.Allowed(
            Collections.unmodifiableSet(allowed), scope, exchange.allowed().rule()));
    if (refused.isEmpty()) {
      return Verdict.PROCEED;
    }
    boolean fault = refused.get().statusCode() >= 500;
    if (fault || isAtomic(exchange)) {
      return Verdict.refuse(refused.get());
    }
    return withoutRefused(exchange, batch, answers);
  }

  private static Future<Verdict> withoutRefused(
      Exchange exchange, Batch batch, Map<Batch.Kind, Access.Answer> answers) {
    List<byte[]> left = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < batch.entries().size(); i++) {
      Batch.Entry entry = batch.entries().get(i);
      if (answers.get(entry.kind()) instanceof Access.Answer.Yes) {
        left.add(entry.json());
      } else {
        places.add(i);
      }
    }
    BatchRefusals refusals = new BatchRefusals(places);
    if (left.isEmpty()) {
      return Future.succeededFuture(
          new Verdict.Reply(BatchRefusals.STATUS, refusals.into(List.of())));
    }
    exchange.refusedInBatch(refusals);
    exchange.body(Buffer.buffer(JsonElements.join(left)));
    return Verdict.PROCEED;
  }

  /** Unless it says so in so many words, a request isn't taken for the one that fails in parts. */
  private static boolean isAtomic(Exchange exchange) {
    return !exchange.request().headers().get(ATOMIC).orElse("true").equalsIgnoreCase("false");
  }

  private static Set<Action> actions(Batch.Kind kind) {
    return switch (kind) {
      case CREATE -> Set.of(Action.ITEMS_CREATE);
      case UPSERT -> Set.of(Action.ITEMS_UPSERT);
      case READ -> Set.of(Action.ITEMS_READ);
      case REPLACE -> Set.of(Action.ITEMS_REPLACE);
      case PATCH -> DataActions.PATCH;
      case DELETE -> Set.of(Action.ITEMS_DELETE);
    };
  }
}
