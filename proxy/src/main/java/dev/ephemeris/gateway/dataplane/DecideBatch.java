package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Batch;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.JsonElements;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ParsedBatch;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.metrics.Disposition;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
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
    Grant grant = access.grant(exchange.lease());
    Map<Batch.Kind, Access.Answer> byKind = new EnumMap<>(Batch.Kind.class);
    List<Access.Answer> answers = new ArrayList<>(batch.entries().size());
    Set<Action> allowed = EnumSet.noneOf(Action.class);
    Access.Answer.Yes all = Access.yes(exchange.lease());
    for (Batch.Entry entry : batch.entries()) {
      Set<Action> actions = actions(entry.kind());
      Access.Answer answer =
          byKind.computeIfAbsent(
              entry.kind(), kind -> access.toAll(Access.Shown.in(exchange), grant, actions, scope));
      if (answer instanceof Access.Answer.Yes && !isConfined(exchange, entry)) {
        answer = Access.outsidePartitionKey(actions.iterator().next(), scope);
      }
      if (answer instanceof Access.Answer.Yes yes) {
        all = all.and(yes);
        allowed.addAll(actions);
      }
      answers.add(answer);
    }
    exchange.allowed(
        new Exchange.Allowed(
            Collections.unmodifiableSet(allowed),
            scope,
            exchange.allowed().rule(),
            all.limits(),
            all.reported()));
    Optional<Verdict.Refuse> refused = refused(exchange, answers);
    if (refused.isEmpty()) {
      exchange.batchOperations(answers.size());
      return Verdict.PROCEED;
    }
    boolean fault = refused.get().error().statusCode() >= 500;
    return fault || isAtomic(exchange)
        ? Future.succeededFuture(refused.get())
        : withoutRefused(exchange, batch, answers, refused.get().why());
  }

  /**
   * Writes down each refusal once; the result is what to answer to a batch that is refused whole.
   */
  private Optional<Verdict.Refuse> refused(Exchange exchange, List<Access.Answer> answers) {
    Optional<Verdict.Refuse> refused = Optional.empty();
    for (Access.Answer answer : new LinkedHashSet<>(answers)) {
      if (answer instanceof Access.Answer.No no) {
        refused = Optional.of(access.refused(exchange, Set.of(no.action()), no));
      }
    }
    return refused;
  }

  /**
   * Whether the operation's key is the lease's; of a lease for all keys, any is. A transactional
   * batch is on the key of its header, whatever its operations say.
   */
  private static boolean isConfined(Exchange exchange, Batch.Entry entry) {
    Optional<PartitionKey> own = exchange.lease().partitionKey();
    Optional<PartitionKey> header = exchange.request().partitionKey();
    return own.isEmpty()
        || (entry
                .partitionKey()
                .or(() -> header)
                .filter(key -> key.startsWith(own.get()))
                .isPresent()
            && header.map(key -> key.startsWith(own.get())).orElse(!isAtomic(exchange)));
  }

  private static Future<Verdict> withoutRefused(
      Exchange exchange, Batch batch, List<Access.Answer> answers, Disposition ofRefused) {
    List<byte[]> left = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      if (answers.get(i) instanceof Access.Answer.Yes) {
        left.add(batch.entries().get(i).json());
      } else {
        places.add(i);
      }
    }
    BatchRefusals refusals = new BatchRefusals(places);
    if (left.isEmpty()) {
      return Future.succeededFuture(
          new Verdict.Reply(ofRefused, BatchRefusals.STATUS, refusals.into(List.of())));
    }
    exchange.batchOperations(left.size());
    exchange.refusedInBatch(refusals);
    exchange.body(Buffer.buffer(JsonElements.join(left)));
    return Verdict.PROCEED;
  }

  /** Unless it says so in so many words, a request isn't taken for the one that fails in parts. */
  private static boolean isAtomic(Exchange exchange) {
    return !exchange
        .request()
        .headers()
        .get(CosmosHeaders.IS_BATCH_ATOMIC)
        .orElse("true")
        .equalsIgnoreCase("false");
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
