package dev.ephemeris.gateway.store;

import java.time.Instant;
import java.util.Comparator;

/**
 * Where something stands in a list that begins with the newest: by its time, and among those of one
 * time by its id.
 */
public record Position(Instant at, String id) implements Comparable<Position> {

  private static final Comparator<Position> ORDER =
      Comparator.comparing(Position::at).thenComparing(Position::id).reversed();

  /** In the order of the list: the newest is the first. */
  @Override
  public int compareTo(Position other) {
    return ORDER.compare(this, other);
  }
}
