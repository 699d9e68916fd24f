package dev.ephemeris.policy;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A field of items, as the paths of Cosmos DB's indexing policy name it: {@code /customer/email},
 * and {@code /lines/[]/price} in every element of an array. It stands for all that is in it.
 */
public record FieldPath(String text) {
  private static final Pattern FORM = Pattern.compile("(/(\\[]|[^/?*\"\\[\\]]+))+");

  /**
   * @throws IllegalArgumentException if it isn't one
   */
  public FieldPath {
    if (!FORM.matcher(text).matches() || text.startsWith("/[]")) {
      throw new IllegalArgumentException(
          "'%s' is not the path of a field; expected one such as /customer/email or /lines/[]/price"
              .formatted(text));
    }
  }

  /** The same as the constructor, by the name under which values of a file are read. */
  public static FieldPath parse(String text) {
    return new FieldPath(text);
  }

  /** Whether {@code other} is this field, or in it. */
  boolean covers(FieldPath other) {
    return segments().equals(other.segments().stream().limit(segments().size()).toList());
  }

  private List<String> segments() {
    return List.of(text.substring(1).split("/"));
  }

  @Override
  public String toString() {
    return text;
  }
}
