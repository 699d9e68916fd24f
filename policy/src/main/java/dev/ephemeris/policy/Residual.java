package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.stream.Stream;

/**
 * What is left to ask at each request of a rule that is for the caller: its conditions, and whether
 * what is asked for has its partition key.
 *
 * @param key all text; empty for all keys
 */
record Residual(Conditions when, List<String> key) {

  static final Residual NONE = new Residual(Conditions.NONE, List.of());

  Residual {
    key = List.copyOf(key);
  }

  boolean isNone() {
    return when.isNone() && key.isEmpty();
  }

  boolean holds(Circumstances circumstances) {
    return (key.isEmpty() || circumstances.isWithinKey(key)) && when.hold(circumstances);
  }

  /** For example {@code of partition key eu/acme, from 10.0.0.0/8}; {@code any} for none. */
  @Override
  public String toString() {
    return isNone()
        ? "any"
        : Stream.of(
                key.isEmpty() ? "" : "of partition key " + String.join("/", key), when.toString())
            .filter(words -> !words.isEmpty())
            .collect(joining(", "));
  }
}
