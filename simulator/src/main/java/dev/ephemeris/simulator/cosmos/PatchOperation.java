package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One operation of a {@link Patch}, on a copy that is thrown away if it fails. */
final class PatchOperation {

  private static final Set<String> SYSTEM = Set.of("id", "_rid", "_self", "_etag", "_ts");

  private final ObjectNode content;
  private final KeyDefinition key;

  private PatchOperation(ObjectNode content, KeyDefinition key) {
    this.content = content;
    this.key = key;
  }

  /** Applies an operation to {@code content}, or says why it can't. */
  static Optional<String> apply(JsonNode operation, ObjectNode content, KeyDefinition key) {
    PatchOperation patch = new PatchOperation(content, key);
    String path = operation.path("path").asText();
    JsonNode value = operation.path("value");
    String op = operation.path("op").asText();
    return switch (op) {
      case "add" -> patch.with(path, value, Place::add);
      case "set" -> patch.with(path, value, Place::set);
      case "replace" -> patch.with(path, value, Place::replace);
      case "incr", "increment" -> patch.with(path, value, Place::increment);
      case "remove" -> patch.at(path, Place::remove);
      case "move" -> patch.move(operation.path("from").asText(), path);
      default -> Optional.of("'" + op + "' is not a patch operation.");
    };
  }

  private interface Change {
    boolean on(Place place);
  }

  private interface ChangeWithValue {
    boolean on(Place place, JsonNode value);
  }

  private Optional<String> with(String path, JsonNode value, ChangeWithValue change) {
    return value.isMissingNode()
        ? Optional.of("A patch operation on '" + path + "' has no value.")
        : at(path, place -> change.on(place, value.deepCopy()));
  }

  private Optional<String> at(String path, Change change) {
    Optional<Place> place = place(path);
    if (place.isEmpty() || !change.on(place.get())) {
      return Optional.of("For the patch operation, the path '" + path + "' is not valid.");
    }
    return Optional.empty();
  }

  private Optional<String> move(String from, String to) {
    JsonNode value = place(from).map(Place::value).orElse(MissingNode.getInstance());
    return at(from, Place::remove).or(() -> at(to, place -> place.set(value)));
  }

  /** Where a path leads, if its parent is there and it may be changed. */
  private Optional<Place> place(String path) {
    Optional<List<String>> parts = parts(path);
    if (parts.isEmpty()
        || SYSTEM.contains(parts.get().getFirst())
        || key.isTouchedBy(parts.get())) {
      return Optional.empty();
    }
    JsonNode parent = content;
    for (String part : parts.get().subList(0, parts.get().size() - 1)) {
      parent = parent.isArray() ? parent.path(index(part)) : parent.path(part);
    }
    String last = parts.get().getLast();
    return switch (parent) {
      case ObjectNode object -> Optional.of(new Place.Property(object, last));
      case ArrayNode array -> Optional.of(new Place.Element(array, last));
      default -> Optional.empty();
    };
  }

  /** The parts of a JSON pointer (RFC 6901). */
  private static Optional<List<String>> parts(String path) {
    if (path.length() < 2 || path.charAt(0) != '/') {
      return Optional.empty();
    }
    List<String> parts = new ArrayList<>();
    for (String part : path.substring(1).split("/", -1)) {
      parts.add(part.replace("~1", "/").replace("~0", "~"));
    }
    return Optional.of(parts);
  }

  private static int index(String part) {
    try {
      return Integer.parseInt(part);
    } catch (NumberFormatException notAnIndex) {
      return -1;
    }
  }

  /** A property or an element, there or not yet; each change says whether it could be made. */
  private sealed interface Place {

    JsonNode value();

    boolean add(JsonNode value);

    boolean set(JsonNode value);

    boolean remove();

    default boolean replace(JsonNode value) {
      return !value().isMissingNode() && set(value);
    }

    default boolean increment(JsonNode by) {
      JsonNode now = value();
      if (!by.isNumber() || !(now.isNumber() || now.isMissingNode())) {
        return false;
      }
      return set(
          Numbers.add(now.isMissingNode() ? JsonNodeFactory.instance.numberNode(0) : now, by));
    }

    record Property(ObjectNode object, String name) implements Place {
      @Override
      public JsonNode value() {
        return object.path(name);
      }

      @Override
      public boolean add(JsonNode value) {
        return set(value);
      }

      @Override
      public boolean set(JsonNode value) {
        object.set(name, value);
        return true;
      }

      @Override
      public boolean remove() {
        return object.remove(name) != null;
      }
    }

    record Element(ArrayNode array, String part) implements Place {
      @Override
      public JsonNode value() {
        return array.path(index(part));
      }

      @Override
      public boolean add(JsonNode value) {
        int index = part.equals("-") ? array.size() : index(part);
        if (index < 0 || index > array.size()) {
          return false;
        }
        array.insert(index, value);
        return true;
      }

      @Override
      public boolean set(JsonNode value) {
        int index = index(part);
        if (index < 0 || index >= array.size()) {
          return add(value);
        }
        array.set(index, value);
        return true;
      }

      @Override
      public boolean remove() {
        int index = index(part);
        return index >= 0 && array.remove(index) != null;
      }
    }
  }
}
