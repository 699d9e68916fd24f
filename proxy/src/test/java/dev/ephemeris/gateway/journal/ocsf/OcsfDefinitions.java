package dev.ephemeris.gateway.journal.ocsf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** OCSF's own definitions of the classes and objects that there are in events of the gateway. */
final class OcsfDefinitions {

  private final JsonNode definitions;

  private OcsfDefinitions(JsonNode definitions) {
    this.definitions = definitions;
  }

  static OcsfDefinitions read() {
    try (InputStream in = OcsfDefinitions.class.getResourceAsStream("ocsf-1.8.0.json")) {
      return new OcsfDefinitions(new ObjectMapper().readTree(Objects.requireNonNull(in)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What of an event isn't as its class is defined. */
  List<String> flaws(JsonNode event) {
    List<String> flaws = new ArrayList<>();
    Optional<JsonNode> of =
        StreamSupport.stream(definitions.path("classes").spliterator(), false)
            .filter(known -> known.path("class_uid").equals(event.path("class_uid")))
            .findFirst();
    if (of.isEmpty()) {
      return List.of("no class " + event.path("class_uid"));
    }
    if (!of.get().path("category_uid").equals(event.path("category_uid"))) {
      flaws.add("category_uid");
    }
    check("event", of.get(), event, flaws);
    return flaws;
  }

  private void check(String where, JsonNode definition, JsonNode object, List<String> flaws) {
    JsonNode attributes = definition.path("attributes");
    for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
      if (attribute.getValue().path("required").asBoolean() && !object.has(attribute.getKey())) {
        flaws.add(where + " lacks " + attribute.getKey());
      }
    }
    constraint(where, definition.at("/constraints/at_least_one"), object, false, flaws);
    constraint(where, definition.at("/constraints/just_one"), object, true, flaws);
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String at = where + "." + field.getKey();
      if (attributes.has(field.getKey())) {
        value(at, attributes.get(field.getKey()), field.getValue(), flaws);
      } else {
        flaws.add(at + " isn't defined");
      }
    }
  }

  private static void constraint(
      String where, JsonNode names, JsonNode object, boolean justOne, List<String> flaws) {
    if (names.isMissingNode()) {
      return;
    }
    long there =
        StreamSupport.stream(names.spliterator(), false)
            .filter(name -> object.has(name.asText()))
            .count();
    if (there == 0 || (justOne && there > 1)) {
      flaws.add(where + " has " + there + " of " + names);
    }
  }

  private void value(String at, JsonNode attribute, JsonNode value, List<String> flaws) {
    if (attribute.path("array").asBoolean()) {
      if (!value.isArray()) {
        flaws.add(at + " is no array");
      }
      value.forEach(element -> scalarOrObject(at, attribute, element, flaws));
    } else {
      scalarOrObject(at, attribute, value, flaws);
    }
  }

  private void scalarOrObject(String at, JsonNode attribute, JsonNode value, List<String> flaws) {
    String type = attribute.path("type").asText();
    boolean fits =
        switch (type) {
          case "integer_t", "long_t", "timestamp_t" -> value.isIntegralNumber();
          case "boolean_t" -> value.isBoolean();
          case "object" -> value.isObject();
          default -> {
            JsonNode object = definitions.path("objects").path(type);
            if (!object.isMissingNode()) {
              check(at, object, value, flaws);
              yield value.isObject();
            }
            yield type.endsWith("_t") && value.isTextual();
          }
        };
    if (!fits) {
      flaws.add(at + " is no " + type + ": " + value);
    }
    if (attribute.has("enum")
        && !attribute.path("enum").toString().matches(".*\\b" + value + "\\b.*")) {
      flaws.add(at + " has no " + value);
    }
  }
}
