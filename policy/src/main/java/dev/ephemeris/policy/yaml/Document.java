package dev.ephemeris.policy.yaml;

import static java.util.stream.Collectors.joining;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** The syntax of a YAML document: its tree of nodes, and the way about it. */
final class Document {
  private static final int MAX_LENGTH = 4 * 1024 * 1024;
  private static final int MAX_DEPTH = 32;

  private Document() {}

  /** The root of the one document in {@code text}. */
  static Node compose(String file, String text) {
    if (text.length() > MAX_LENGTH) {
      String tooLong = "expected at most " + MAX_LENGTH + " characters";
      throw new YamlException(List.of(new Problem(file, 1, 1, tooLong)));
    }
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(MAX_LENGTH);
    limits.setNestingDepthLimit(MAX_DEPTH);
    try {
      return Optional.ofNullable(new Yaml(limits).compose(new StringReader(text)))
          .orElseThrow(() -> new YamlException(List.of(new Problem(file, 1, 1, "nothing in it"))));
    } catch (MarkedYAMLException e) {
      throw new YamlException(List.of(at(file, syntax(e), e.getProblemMark())));
    } catch (YAMLException e) {
      throw new YamlException(List.of(new Problem(file, 1, 1, "not YAML: " + e.getMessage())));
    }
  }

  /** What the parser says; not its message, which quotes the line, and that may hold a secret. */
  private static String syntax(MarkedYAMLException e) {
    return Stream.of(e.getContext(), e.getProblem())
        .filter(Objects::nonNull)
        .collect(joining(": "));
  }

  static Problem problem(String file, String message, Node node) {
    return at(file, message, node.getStartMark());
  }

  private static Problem at(String file, String message, Mark mark) {
    return new Problem(file, mark.getLine() + 1, mark.getColumn() + 1, message);
  }

  /**
   * Where a reader looks for the value at {@code path}: at the value if it is one word or an item
   * of a list, else at its key; as far along the path as the document goes.
   */
  static Node find(Node root, Object... path) {
    Node node = root;
    Node landmark = root;
    for (Object step : path) {
      if (node instanceof MappingNode mapping && entry(mapping, step).isPresent()) {
        NodeTuple entry = entry(mapping, step).orElseThrow();
        node = entry.getValueNode();
        landmark = node instanceof ScalarNode ? node : entry.getKeyNode();
      } else if (node instanceof SequenceNode list
          && step instanceof Integer index
          && index < list.getValue().size()) {
        node = list.getValue().get(index);
        landmark = node;
      } else {
        return landmark;
      }
    }
    return landmark;
  }

  /** What is given, with what it leaves out filled in, in sections within too. */
  static Node filled(Node given, Node fallback) {
    if (!(given instanceof MappingNode section && fallback instanceof MappingNode defaults)) {
      return given;
    }
    List<NodeTuple> entries = new ArrayList<>();
    for (NodeTuple entry : section.getValue()) {
      Optional<NodeTuple> byDefault =
          entry.getKeyNode() instanceof ScalarNode
              ? entry(defaults, text(entry.getKeyNode()))
              : Optional.empty();
      entries.add(
          byDefault.isEmpty()
              ? entry
              : new NodeTuple(
                  entry.getKeyNode(),
                  filled(entry.getValueNode(), byDefault.get().getValueNode())));
    }
    for (NodeTuple entry : defaults.getValue()) {
      if (entry(section, text(entry.getKeyNode())).isEmpty()) {
        entries.add(entry);
      }
    }
    return mapping(section, entries);
  }

  /** The mapping without this key. */
  static MappingNode without(MappingNode mapping, NodeTuple entry) {
    return mapping(mapping, mapping.getValue().stream().filter(each -> each != entry).toList());
  }

  private static MappingNode mapping(MappingNode like, List<NodeTuple> entries) {
    return new MappingNode(
        like.getTag(), true, entries, like.getStartMark(), like.getEndMark(), like.getFlowStyle());
  }

  /** The node as if all of it stood where {@code place} does, which is where its reader looks. */
  static Node at(Node node, Node place) {
    Mark start = place.getStartMark();
    Mark end = place.getEndMark();
    return switch (node) {
      case MappingNode mapping ->
          new MappingNode(
              mapping.getTag(),
              true,
              mapping.getValue().stream()
                  .map(
                      entry ->
                          new NodeTuple(
                              at(entry.getKeyNode(), place), at(entry.getValueNode(), place)))
                  .toList(),
              start,
              end,
              mapping.getFlowStyle());
      case SequenceNode list ->
          new SequenceNode(
              list.getTag(),
              true,
              list.getValue().stream().map(item -> at(item, place)).toList(),
              start,
              end,
              list.getFlowStyle());
      case ScalarNode word ->
          new ScalarNode(word.getTag(), true, word.getValue(), start, end, word.getScalarStyle());
      default -> throw new IllegalStateException("a preset with " + node.getNodeId());
    };
  }

  static Optional<NodeTuple> entry(MappingNode mapping, Object key) {
    return mapping.getValue().stream()
        .filter(
            entry ->
                entry.getKeyNode() instanceof ScalarNode && text(entry.getKeyNode()).equals(key))
        .findFirst();
  }

  /** The text of a node that is known to be a single word. */
  static String text(Node node) {
    return ((ScalarNode) node).getValue();
  }
}
