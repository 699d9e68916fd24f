package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What requests changed, told from each request and its answer: these are made together, under the
 * account's lock. Thread-safe.
 */
final class EffectLog {

  private static final int KEPT = 100_000;

  private final InstantSource clock;

  /** Oldest first. */
  private final Deque<Effect> effects = new ArrayDeque<>();

  private long recorded;

  EffectLog(InstantSource clock) {
    this.clock = clock;
  }

  /** Records what a call did, if its answer says that it did anything. */
  void record(Call call, CallKind kind, Target target, Answer answer) {
    if (!(answer instanceof Answer.Success success) || success.status() >= 300) {
      return;
    }
    String link = link(call, target);
    Optional<JsonNode> results =
        kind == CallKind.BATCH
            ? Json.parse(success.body()).filter(JsonNode::isArray)
            : Optional.empty();
    if (results.isPresent()) {
      batch(call, link, results.get());
      return;
    }
    boolean inFeed = call.path().segments().size() % 2 == 1;
    String id = inFeed ? "/" + Json.parse(call.body()).map(EffectLog::id).orElse("") : "";
    add(
        call,
        kind.name(),
        link + id,
        call.header(CosmosHeaders.PARTITION_KEY).orElse(""),
        success.status());
  }

  private void batch(Call call, String link, JsonNode results) {
    JsonNode operations = Json.parse(call.body()).orElseThrow();
    for (int i = 0; i < results.size(); i++) {
      JsonNode operation = operations.path(i);
      String type = operation.path("operationType").asText();
      int status = results.get(i).path("statusCode").asInt();
      if (status < 300 && !type.equals("Read")) {
        String id = operation.hasNonNull("id") ? id(operation) : id(operation.path("resourceBody"));
        add(
            call,
            type.toUpperCase(Locale.ROOT) + "_ITEM",
            link + "/" + id,
            operation.hasNonNull("partitionKey")
                ? operation.path("partitionKey").asText()
                : call.header(CosmosHeaders.PARTITION_KEY).orElse(""),
            status);
      }
    }
  }

  private static String id(JsonNode body) {
    return body.path("id").asText();
  }

  private static String link(Call call, Target target) {
    List<String> segments = call.path().segments();
    int named = target.scope().equals("/") ? 0 : target.scope().contains("/colls/") ? 4 : 2;
    String rest = String.join("/", segments.subList(named, segments.size()));
    if (named == 0) {
      return rest;
    }
    return target.scope().substring(1) + (rest.isEmpty() ? "" : "/" + rest);
  }

  private synchronized void add(
      Call call, String operation, String resource, String partitionKey, int status) {
    if (effects.size() == KEPT) {
      effects.removeFirst();
    }
    effects.addLast(
        new Effect(
            ++recorded,
            clock.instant(),
            call.activityId(),
            operation,
            resource,
            partitionKey,
            status));
  }

  synchronized List<Effect> all() {
    return List.copyOf(effects);
  }

  synchronized void clear() {
    effects.clear();
    recorded = 0;
  }
}
