package dev.ephemeris.gateway.store;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list. It may have fewer entries than were wanted and there be more all the same: rows
 * that aren't as they were written are left out.
 *
 * @param next after what the list goes on; empty if this is its end
 */
public record Page<T>(List<T> entries, Optional<Position> next) {

  public Page {
    entries = List.copyOf(entries);
  }

  /** All there is. */
  public static <T> Page<T> none() {
    return new Page<>(List.of(), Optional.empty());
  }
}
