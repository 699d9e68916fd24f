package dev.ephemeris.cosmos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The triggers that a write of an item asks for. They are the container's, and run in the
 * transaction of the write, which reaches no further than the item's partition key.
 *
 * @param before names of those that run before the write and may change the item
 * @param after names of those that run after it
 */
public record Triggers(List<String> before, List<String> after) {

  public Triggers {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  /** Whether the write asks for none. */
  public boolean isEmpty() {
    return before.isEmpty() && after.isEmpty();
  }

  /**
   * Reads names as SDKs send them, joined by commas and nothing else; empty if this isn't a list of
   * names that everybody reads as the same ones. Those beyond ASCII, which a header has no one
   * spelling for, aren't.
   */
  static Optional<List<String>> names(String header) {
    if (!HeaderRule.Forms.isText(header)) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>(2);
    for (String name : header.split(",", -1)) {
      // Spaces around a name some readers of lists take away (RFC 9110 §5.6.1).
      if (!PathSegment.isValid(name) || name.startsWith(" ") || name.endsWith(" ")) {
        return Optional.empty();
      }
      names.add(name);
    }
    return Optional.of(names);
  }
}
