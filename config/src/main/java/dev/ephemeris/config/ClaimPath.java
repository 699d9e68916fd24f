package dev.ephemeris.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where a claim is in a token: its name, or for one within others a JSON Pointer (RFC 6901) such as
 * {@code /kubernetes.io/namespace}.
 *
 * @param steps the names on the way, from the outside; at least one
 */
public record ClaimPath(List<String> steps) {

  /** RFC 6901 §3: a tilde is written ~0 and a slash ~1. */
  private static final Pattern POINTER = Pattern.compile("(/([^/~]|~[01])+)+");

  public ClaimPath {
    steps = List.copyOf(steps);
  }

  /**
   * Reads a path.
   *
   * @throws IllegalArgumentException if it is neither a name nor a pointer
   */
  public static ClaimPath parse(String text) {
    if (!text.startsWith("/")) {
      if (text.isBlank()) {
        throw new IllegalArgumentException("expected names of claims");
      }
      return new ClaimPath(List.of(text));
    }
    if (!POINTER.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "expected the name of a claim, or a pointer to one such as /kubernetes.io/namespace");
    }
    List<String> steps = new ArrayList<>();
    for (String step : text.substring(1).split("/", -1)) {
      steps.add(step.replace("~1", "/").replace("~0", "~"));
    }
    return new ClaimPath(steps);
  }

  /** As it is written. */
  @Override
  public String toString() {
    if (steps.size() == 1 && !steps.getFirst().startsWith("/")) {
      return steps.getFirst();
    }
    StringBuilder pointer = new StringBuilder();
    steps.forEach(step -> pointer.append('/').append(step.replace("~", "~0").replace("/", "~1")));
    return pointer.toString();
  }
}
