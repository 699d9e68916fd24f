package dev.ephemeris.policy.yaml;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Turns nodes into values, and whatever doesn't fit into problems.
 *
 * <p>An empty result means that a problem was noted; the rest of the file is read on, so that its
 * author sees all of them at once. A record is a {@link Section}, single words are {@link Leaf}s.
 */
final class Binder {
  private final String file;
  private final List<Problem> problems;

  Binder(String file, List<Problem> problems) {
    this.file = file;
    this.problems = problems;
  }

  Optional<?> bind(Node node, Type type) {
    if (node.getAnchor() != null) {
      return refuse(node, "anchors and aliases are not read here; write the value out");
    }
    return switch (type) {
      case ParameterizedType generic -> bindGeneric(node, generic);
      case Class<?> record when Section.describes(record) -> bindSection(node, new Section(record));
      default -> bindLeaf(node, (Class<?>) type);
    };
  }

  private Optional<?> bindGeneric(Node node, ParameterizedType type) {
    Type[] of = type.getActualTypeArguments();
    return switch (type.getRawType()) {
      case Class<?> raw when raw == Optional.class -> bindOptional(node, of[0]);
      case Class<?> raw when raw == List.class -> bindList(node, of[0]);
      case Class<?> raw when raw == Set.class -> bindSet(node, of[0]);
      case Class<?> raw when raw == Map.class -> bindMap(node, of[0], of[1]);
      default -> throw new IllegalStateException("no way to read a " + type);
    };
  }

  /** The value of an optional component that is there: bound, it is itself an Optional. */
  private Optional<?> bindOptional(Node node, Type type) {
    Optional<?> value = bind(node, type);
    return value.isPresent() ? Optional.of(value) : Optional.empty();
  }

  private Optional<?> bindLeaf(Node node, Class<?> type) {
    try {
      return Optional.of(Leaf.read(file, node, type));
    } catch (IllegalArgumentException e) {
      return refuse(node, String.valueOf(e.getMessage()));
    }
  }

  private Optional<List<Object>> bindList(Node node, Type itemType) {
    if (!(node instanceof SequenceNode list && node.getTag().equals(Tag.SEQ))) {
      return refuse(node, "expected a list, got " + Leaf.describe(node));
    }
    List<Object> items = new ArrayList<>();
    list.getValue().forEach(item -> bind(item, itemType).ifPresent(items::add));
    return items.size() == list.getValue().size()
        ? Optional.of(List.copyOf(items))
        : Optional.empty();
  }

  private Optional<Set<Object>> bindSet(Node node, Type itemType) {
    Optional<List<Object>> items = bindList(node, itemType);
    if (items.isEmpty()) {
      return Optional.empty();
    }
    Set<Object> set = new LinkedHashSet<>();
    for (Object item : items.get()) {
      if (!set.add(item)) {
        return refuse(node, "the list names " + item + " twice; expected each item once");
      }
    }
    return Optional.of(Collections.unmodifiableSet(set));
  }

  private Optional<?> bindMap(Node node, Type keyType, Type valueType) {
    Optional<Map<String, NodeTuple>> entries = entries(node);
    if (entries.isEmpty()) {
      return Optional.empty();
    }
    Map<Object, Object> map = new LinkedHashMap<>();
    for (NodeTuple entry : entries.get().values()) {
      Optional<?> key = bind(entry.getKeyNode(), keyType);
      Optional<?> value = bind(entry.getValueNode(), valueType);
      key.ifPresent(k -> value.ifPresent(v -> map.put(k, v)));
    }
    return map.size() == entries.get().size()
        ? Optional.of(Collections.unmodifiableMap(map))
        : Optional.empty();
  }

  private Optional<?> bindSection(Node given, Section section) {
    if (entries(given).isEmpty()) {
      return Optional.empty();
    }
    int problemsBefore = problems.size();
    Node node =
        section.presets().isPresent()
            ? preset((MappingNode) given, section.presets().get())
            : given;
    Optional<Map<String, NodeTuple>> entries = entries(node);
    if (problems.size() > problemsBefore || entries.isEmpty()) {
      return Optional.empty();
    }
    List<String> known =
        Stream.concat(
                section.presets().map(presets -> Presets.KEY).stream(),
                section.fields().stream().map(Section.Field::key))
            .toList();
    entries.get().values().stream()
        .map(NodeTuple::getKeyNode)
        .filter(key -> !known.contains(Document.text(key)))
        .forEach(
            key -> refuse(key, "unknown key " + Suggestion.expected(Document.text(key), known)));
    List<Object> values = new ArrayList<>();
    for (Section.Field field : section.fields()) {
      Optional<NodeTuple> entry = Optional.ofNullable(entries.get().get(field.key()));
      bindField(node, field, entry.map(NodeTuple::getValueNode)).ifPresent(values::add);
    }
    return problems.size() == problemsBefore ? create(node, section, values) : Optional.empty();
  }

  /** The section with what its preset fills in; as it is if it names none. */
  private Node preset(MappingNode section, Class<?> presets) {
    Optional<NodeTuple> named = Document.entry(section, Presets.KEY);
    if (named.isEmpty()) {
      return section;
    }
    Node name = named.get().getValueNode();
    MappingNode rest = Document.without(section, named.get());
    return bindLeaf(name, presets)
        .map(Presets.Preset.class::cast)
        .map(preset -> Document.at(Document.compose(preset.toString(), preset.yaml()), name))
        .map(defaults -> Document.filled(rest, defaults))
        .orElse(rest);
  }

  private Optional<?> bindField(Node section, Section.Field field, Optional<Node> given) {
    Optional<Node> node = field.fill(given);
    if (node.isPresent()) {
      return bind(node.get(), field.type());
    }
    return field.optional()
        ? Optional.of(Optional.empty())
        : refuse(section, "missing key '" + field.key() + "'");
  }

  private Optional<?> create(Node node, Section section, List<Object> values) {
    try {
      return Optional.of(section.create(values));
    } catch (InvalidField e) {
      return refuse(Document.find(node, e.path()), String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return refuse(node, String.valueOf(e.getMessage()));
    }
  }

  /** The entries of a mapping by key, in the order of the file. */
  private Optional<Map<String, NodeTuple>> entries(Node node) {
    if (!(node instanceof MappingNode mapping && node.getTag().equals(Tag.MAP))) {
      return refuse(node, "expected keys with values, got " + Leaf.describe(node));
    }
    Map<String, NodeTuple> entries = new LinkedHashMap<>();
    for (NodeTuple entry : mapping.getValue()) {
      Node key = entry.getKeyNode();
      if (!(key instanceof ScalarNode && key.getTag().equals(Tag.STR))) {
        return refuse(key, "expected a key, got " + Leaf.describe(key));
      }
      if (entries.putIfAbsent(Document.text(key), entry) != null) {
        return refuse(key, "the key '" + Document.text(key) + "' stands here twice");
      }
    }
    return Optional.of(entries);
  }

  private <T> Optional<T> refuse(Node node, String message) {
    problems.add(Document.problem(file, message, node));
    return Optional.empty();
  }
}
