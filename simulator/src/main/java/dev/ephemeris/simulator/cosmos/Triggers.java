package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The triggers of a container, and the Java that runs in place of their JavaScript: those that a
 * write names run in one step with it. Guarded by the {@link Account}'s lock.
 */
final class Triggers {

  private final ScriptDefinitions definitions;
  private final Map<String, Trigger> registered = new HashMap<>();

  Triggers(ScriptDefinitions definitions) {
    this.definitions = definitions;
  }

  /** When a trigger runs, as its definition and the header of a request say. */
  enum Type {
    PRE("Pre", CosmosHeaders.PRE_TRIGGERS),
    POST("Post", CosmosHeaders.POST_TRIGGERS);

    private final String spelling;
    private final String header;

    Type(String spelling, String header) {
      this.spelling = spelling;
      this.header = header;
    }
  }

  /** A trigger to run, none, or why it can't be. */
  private sealed interface Asked {
    record None() implements Asked {}

    record One(Trigger trigger) implements Asked {}

    record Refused(Answer answer) implements Asked {}
  }

  /** What became of the item in a trigger. */
  private sealed interface Ran {
    record Gave(JsonNode item) implements Ran {}

    record Failed(Answer answer) implements Ran {}
  }

  /** Registers what runs, and defines it for all operations if that wasn't done. */
  void register(Container container, Type type, String id, Trigger trigger) {
    registered.put(id, trigger);
    if (!definitions.has(id)) {
      ObjectNode definition = Json.object().put("id", id).put("body", Scripts.IN_JAVA);
      definition.put("triggerType", type.spelling).put("triggerOperation", "All");
      definitions.define(container, definition);
    }
  }

  /** Whether the call names any. */
  static boolean areNamed(Call call) {
    return call.header(CosmosHeaders.PRE_TRIGGERS).isPresent()
        || call.header(CosmosHeaders.POST_TRIGGERS).isPresent();
  }

  /**
   * Runs a write with the triggers that it names.
   *
   * @param operation what it is to the definition of a trigger: {@code Create} and the like
   */
  Answer around(Call call, Container container, String operation, Function<Call, Answer> write) {
    if (!areNamed(call)) {
      return write.apply(call);
    }
    Asked before = asked(call, Type.PRE, operation);
    Asked after = asked(call, Type.POST, operation);
    if (before instanceof Asked.Refused(Answer answer)) {
      return answer;
    }
    if (after instanceof Asked.Refused(Answer answer)) {
      return answer;
    }
    return switch (KeyHeader.read(call, container)) {
      case KeyHeader.Refused(Answer answer) -> answer;
      case KeyHeader.Given(PartitionKey key) -> {
        LogicalPartition partition = new LogicalPartition(container, key);
        Answer answer =
            container.atomically(
                () -> run(call, container, key, before, after, partition, write),
                one -> one.status() < 400);
        yield answer instanceof Answer.Success success
            ? told(success, container.partition(container.keyDefinition().epk(key)), partition)
            : answer;
      }
    };
  }

  private static Answer run(
      Call call,
      Container container,
      PartitionKey key,
      Asked before,
      Asked after,
      LogicalPartition partition,
      Function<Call, Answer> write) {
    JsonNode item = Json.parse(call.body()).orElse(Values.UNDEFINED);
    Call changed = call;
    if (before instanceof Asked.One(Trigger trigger)) {
      switch (run(trigger, partition, item)) {
        case Ran.Failed(Answer answer) -> {
          return answer;
        }
        case Ran.Gave(JsonNode given) -> {
          if (!item.isMissingNode()) {
            changed = call.with(Json.bytes(given));
          }
        }
      }
    }
    Answer answer = write.apply(changed);
    if (answer instanceof Answer.Success && after instanceof Asked.One(Trigger trigger)) {
      String id = Json.parse(changed.body()).orElse(Values.UNDEFINED).path("id").asText();
      JsonNode written =
          container.item(key, id).<JsonNode>map(Item::content).orElse(Values.UNDEFINED);
      if (run(trigger, partition, written.deepCopy()) instanceof Ran.Failed(Answer failure)) {
        return failure;
      }
    }
    return answer;
  }

  private static Ran run(Trigger trigger, LogicalPartition partition, JsonNode item) {
    try {
      return new Ran.Gave(trigger.run(partition, item));
    } catch (RuntimeException thrown) { // whatever a script throws undoes it
      return new Ran.Failed(Scripts.failure(thrown));
    }
  }

  /** The write's answer as of the whole step. */
  private static Answer told(
      Answer.Success answer, PhysicalPartition range, LogicalPartition partition) {
    return answer
        .with(CosmosHeaders.SESSION_TOKEN, range.sessionToken())
        .with("lsn", Long.toString(range.lsn()))
        .charged(answer.charge() + Charge.query(partition.calls(), 0));
  }

  /** "Currently only one PreTrigger is permitted per operation", says .NET of its list. */
  private Asked asked(Call call, Type type, String operation) {
    Optional<String> name = call.header(type.header);
    if (name.isEmpty()) {
      return new Asked.None();
    }
    Optional<ObjectNode> definition = definitions.named(name.get());
    if (definition.filter(found -> isFor(found, type, operation)).isEmpty()) {
      return new Asked.Refused(Answer.badRequest("One of the specified inputs is invalid"));
    }
    return Optional.ofNullable(registered.get(name.get()))
        .<Asked>map(Asked.One::new)
        .orElseGet(
            () ->
                new Asked.Refused(
                    Answer.notSimulated(
                        "JavaScript; register Java for the trigger " + name.get())));
  }

  private static boolean isFor(ObjectNode definition, Type type, String operation) {
    String defined = definition.path("triggerOperation").asText();
    return definition.path("triggerType").asText().equalsIgnoreCase(type.spelling)
        && List.of("All", operation).stream().anyMatch(defined::equalsIgnoreCase);
  }
}
