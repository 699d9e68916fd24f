package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a container holds of one kind of script: text that anyone with the key may write, and that
 * nothing here compiles. Guarded by the {@link Account}'s lock.
 */
final class ScriptDefinitions {

  private static final Set<String> TRIGGER_TYPES = Set.of("pre", "post");
  private static final Set<String> TRIGGER_OPERATIONS =
      Set.of("all", "create", "update", "delete", "replace");

  private final ScriptKind kind;
  private final Map<String, ObjectNode> definitions = new LinkedHashMap<>();
  private long numbered;

  ScriptDefinitions(ScriptKind kind) {
    this.kind = kind;
  }

  boolean has(String id) {
    return definitions.containsKey(id);
  }

  /** Adds one whose id is free. */
  ObjectNode define(Container container, ObjectNode asked) {
    ObjectNode definition = asked.deepCopy();
    String rid = Rid.script(container.rid(), kind, ++numbered);
    definition.put("_rid", rid);
    definition.put("_self", container.self() + kind.segment() + "/" + rid + "/");
    container.stamp(definition);
    definitions.put(definition.path("id").textValue(), definition);
    return definition;
  }

  Optional<ObjectNode> named(String id) {
    return Optional.ofNullable(definitions.get(id));
  }

  /** The one that a path names. */
  Optional<ObjectNode> find(Call call, String name) {
    return call.path().isByRid()
        ? definitions.values().stream()
            .filter(definition -> definition.path("_rid").asText().equals(name))
            .findFirst()
        : named(name);
  }

  Answer feed(Call call, Container container) {
    List<ObjectNode> all = List.copyOf(definitions.values());
    return switch (call.method()) {
      case "GET" -> Feed.of(container.rid(), kind.property(), all);
      case "POST" ->
          Routes.isQuery(call)
              ? MetadataQuery.run(call, container.rid(), kind.property(), all)
              : create(call, container);
      default -> Answer.methodNotAllowed();
    };
  }

  private sealed interface Asked {
    record Valid(ObjectNode definition) implements Asked {}

    record Refused(Answer answer) implements Asked {}
  }

  private Answer create(Call call, Container container) {
    return switch (asked(call)) {
      case Asked.Refused(Answer answer) -> answer;
      case Asked.Valid(ObjectNode definition) ->
          has(definition.path("id").textValue())
              ? Answer.conflict()
              : described(201, define(container, definition), container);
    };
  }

  private Asked asked(Call call) {
    JsonNode body = Json.parse(call.body()).orElse(Values.UNDEFINED);
    Optional<Answer> refusal = Ids.refusal(body.path("id")).or(() -> incomplete(body));
    return refusal.isPresent()
        ? new Asked.Refused(refusal.get())
        : new Asked.Valid((ObjectNode) body);
  }

  private Optional<Answer> incomplete(JsonNode definition) {
    if (!definition.path("body").isTextual()) {
      return Optional.of(missing("body"));
    }
    return kind == ScriptKind.TRIGGER
        ? outside(definition, "triggerType", TRIGGER_TYPES)
            .or(() -> outside(definition, "triggerOperation", TRIGGER_OPERATIONS))
        : Optional.empty();
  }

  private static Optional<Answer> outside(
      JsonNode definition, String property, Set<String> values) {
    JsonNode value = definition.path(property);
    if (value.isMissingNode()) {
      return Optional.of(missing(property));
    }
    return values.contains(value.asText().toLowerCase(Locale.ROOT))
        ? Optional.empty()
        : Optional.of(Answer.badRequest("The value of " + property + " is invalid."));
  }

  private static Answer missing(String property) {
    return Answer.badRequest(
        "The input content is invalid because the required properties - '"
            + property
            + "; ' - are missing");
  }

  /** Answers a call for one of them, but for executing it. */
  Answer one(Call call, Container container, ObjectNode definition) {
    return switch (call.method()) {
      case "GET" -> described(200, definition, container);
      case "DELETE" ->
          unmet(call, definition)
              .orElseGet(
                  () -> {
                    definitions.remove(definition.path("id").textValue());
                    return Answer.empty(204);
                  });
      case "PUT" -> unmet(call, definition).orElseGet(() -> replace(call, container, definition));
      default -> Answer.methodNotAllowed();
    };
  }

  private Answer replace(Call call, Container container, ObjectNode definition) {
    return switch (asked(call)) {
      case Asked.Refused(Answer answer) -> answer;
      case Asked.Valid(ObjectNode changed) -> {
        if (!changed.path("id").equals(definition.path("id"))) {
          yield Answer.notSimulated("another id for a script");
        }
        ObjectNode replaced = changed.deepCopy();
        replaced.set("_rid", definition.path("_rid"));
        replaced.set("_self", definition.path("_self"));
        container.stamp(replaced);
        definitions.put(replaced.path("id").textValue(), replaced);
        yield described(200, replaced, container);
      }
    };
  }

  private static Optional<Answer> unmet(Call call, ObjectNode definition) {
    return call.header(CosmosHeaders.IF_MATCH)
        .filter(etag -> !etag.equals(definition.path("_etag").asText()) && !etag.equals("*"))
        .map(_ -> Answer.preconditionFailed());
  }

  private static Answer described(int status, ObjectNode definition, Container container) {
    return Answer.of(status, definition)
        .with("etag", definition.path("_etag").asText())
        .with(CosmosHeaders.ALT_CONTENT_PATH, container.link())
        .with(CosmosHeaders.CONTENT_PATH, container.rid());
  }
}
