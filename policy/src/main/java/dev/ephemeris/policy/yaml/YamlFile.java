package dev.ephemeris.policy.yaml;

import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.nodes.Node;

/**
 * One YAML file, read strictly into a record, that still knows where each value stood.
 *
 * <p>Strict means: one document; no unknown, repeated or missing key; no anchors, aliases or tags,
 * so that a file can't be larger than it looks; text is text and a number a number. Immutable and
 * safe to share.
 *
 * @param <T> the record
 */
public final class YamlFile<T> {
  private final String name;
  private final T value;
  private final Node root;

  private YamlFile(String name, T value, Node root) {
    this.name = name;
    this.value = value;
    this.root = root;
  }

  /**
   * Reads {@code text} into {@code type}.
   *
   * @param name the file's name; paths inside the file are resolved against its folder
   * @throws YamlException with every problem found
   */
  public static <T extends Record> T read(String name, String text, Class<T> type) {
    return open(name, text, type).value();
  }

  /** As {@link #read}, keeping the positions for checks that only the caller can make. */
  public static <T extends Record> YamlFile<T> open(String name, String text, Class<T> type) {
    Node root = Document.compose(name, text);
    List<Problem> problems = new ArrayList<>();
    return new Binder(name, problems)
        .bind(root, type)
        .map(value -> new YamlFile<>(name, type.cast(value), root))
        .orElseThrow(() -> new YamlException(problems));
  }

  /** What the file says. */
  public T value() {
    return value;
  }

  /**
   * A problem with the value at {@code path}: keys (strings) and list indexes (integers). If the
   * file leaves the value out, the problem is where it would stand.
   */
  public Problem problem(String message, Object... path) {
    return Document.problem(name, message, Document.find(root, path));
  }
}
