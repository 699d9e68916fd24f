package dev.ephemeris.cosmos.sql;

/**
 * Where something stands in a query's text, in UTF-16 units: {@code start} included, {@code end}
 * not.
 *
 * <p>All spans are equal, on purpose: a place takes no part in what a query means, so two spellings
 * of one query are equal trees.
 */
public record Span(int start, int end) {

  /** The place that covers both. */
  Span to(Span other) {
    return new Span(start, other.end);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Span;
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
