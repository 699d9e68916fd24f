package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;

/** Point operations: {@code …/docs} without a query, and {@code …/docs/…}. */
final class Items {

  Answer create(Call call, Container container) {
    return write(
        call,
        container,
        (valid, existing) ->
            existing.isPresent() ? Answer.conflict() : put(call, container, valid, 201));
  }

  Answer upsert(Call call, Container container) {
    return write(
        call,
        container,
        (valid, existing) -> {
          if (existing.isPresent() && !matches(call, existing.get())) {
            return Answer.preconditionFailed();
          }
          return put(call, container, valid, existing.isPresent() ? 200 : 201);
        });
  }

  private Answer write(
      Call call, Container container, BiFunction<Incoming.Valid, Optional<Item>, Answer> decided) {
    return switch (Incoming.read(call, container)) {
      case Incoming.Refused(Answer answer) -> answer;
      case Incoming.Valid valid -> decided.apply(valid, container.item(valid.key(), valid.id()));
    };
  }

  Answer one(Call call, Container container, String id) {
    return switch (KeyHeader.read(call, container)) {
      case KeyHeader.Refused(Answer answer) -> answer;
      case KeyHeader.Given(PartitionKey key) -> {
        Optional<Item> item = find(call, container, key, id);
        yield item.isEmpty() ? Answer.notFound() : one(call, container, item.get());
      }
    };
  }

  private static Optional<Item> find(Call call, Container container, PartitionKey key, String id) {
    return call.path().isByRid()
        ? Rid.itemNumber(container.rid(), id).flatMap(number -> container.item(key, number))
        : container.item(key, id);
  }

  private Answer one(Call call, Container container, Item item) {
    return switch (call.method()) {
      case "GET" -> read(call, container, item);
      case "PUT" -> replace(call, container, item);
      case "PATCH" -> patch(call, container, item);
      case "DELETE" -> delete(call, container, item);
      default -> Answer.methodNotAllowed();
    };
  }

  private static Answer read(Call call, Container container, Item item) {
    boolean unchanged =
        call.header(CosmosHeaders.IF_NONE_MATCH)
            .filter(etag -> etag.equals(item.etag()) || etag.equals("*"))
            .isPresent();
    Answer.Success answer = unchanged ? Answer.empty(304) : Answer.of(200, item.json());
    String location = call.header("host").orElse("localhost");
    return described(answer, container, item)
        .with(
            "content-location",
            "https://" + location + "/" + container.link() + "/docs/" + item.id())
        .charged(Charge.read(item.json().length));
  }

  private Answer replace(Call call, Container container, Item item) {
    return write(
        call,
        container,
        (valid, _) -> {
          if (!valid.id().equals(item.id())) {
            return Answer.badRequest("The id of the item can't be changed.");
          }
          return matches(call, item)
              ? put(call, container, valid, 200)
              : Answer.preconditionFailed();
        });
  }

  private Answer patch(Call call, Container container, Item item) {
    if (Triggers.areNamed(call)) {
      return Answer.notSimulated("triggers with a patch");
    }
    if (!matches(call, item)) {
      return Answer.preconditionFailed();
    }
    return switch (Patch.apply(call.body(), item.content(), container.keyDefinition())) {
      case Patch.Refused(Answer answer) -> answer;
      case Patch.Patched(ObjectNode content) ->
          Incoming.isTooLarge(content)
              ? Incoming.tooLarge()
              : put(call, container, new Incoming.Valid(item.id(), item.key(), content), 200);
    };
  }

  private static Answer delete(Call call, Container container, Item item) {
    if (!matches(call, item)) {
      return Answer.preconditionFailed();
    }
    container.remove(item);
    return inPartition(Answer.empty(204), container, item.epk())
        .charged(Charge.write(item.json().length));
  }

  private static Answer put(Call call, Container container, Incoming.Valid valid, int status) {
    Optional<Answer> refusal = TimeToLive.refusal("ttl", valid.content().path("ttl"));
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (container.breaksUniqueness(valid.key(), valid.id(), valid.content())) {
      return Answer.failure(409, 0, "Unique index constraint violation.");
    }
    Item item = container.put(valid.key(), valid.id(), valid.content());
    Answer.Success answer =
        described(Answer.of(status, item.json()), container, item)
            .charged(Charge.write(item.json().length));
    boolean minimal =
        call.header(CosmosHeaders.PREFER)
            .filter(prefer -> prefer.toLowerCase(Locale.ROOT).contains("return=minimal"))
            .isPresent();
    return minimal ? answer.withoutBody() : answer;
  }

  /** Whether the If-Match header, if there is one, names this version. */
  private static boolean matches(Call call, Item item) {
    return call.header(CosmosHeaders.IF_MATCH)
        .map(etag -> etag.equals(item.etag()) || etag.equals("*"))
        .orElse(true);
  }

  private static Answer.Success described(Answer.Success answer, Container container, Item item) {
    return inPartition(answer, container, item.epk()).with("etag", item.etag());
  }

  private static Answer.Success inPartition(
      Answer.Success answer, Container container, String epk) {
    PhysicalPartition partition = container.partition(epk);
    return answer
        .with(CosmosHeaders.SESSION_TOKEN, partition.sessionToken())
        .with(CosmosHeaders.PARTITION_KEY_RANGE_ID, partition.id())
        .with("lsn", Long.toString(partition.lsn()))
        .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
        .with(CosmosHeaders.CONTENT_PATH, container.rid());
  }
}
