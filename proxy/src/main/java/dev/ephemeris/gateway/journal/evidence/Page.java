package dev.ephemeris.gateway.journal.evidence;

import java.util.OptionalLong;

/**
 * A part of what was found.
 *
 * @param newestFirst else the oldest come first, as they stand in the journal
 * @param from the sequence that it begins with, at the nearest; empty for the first page
 * @param size how many entries, at the most {@link #MOST}
 */
public record Page(boolean newestFirst, OptionalLong from, int size) {

  /** More than anybody reads, and little enough to be kept in memory. */
  public static final int MOST = 1_000;

  public Page {
    if (size < 1 || size > MOST) {
      throw new IllegalArgumentException("a page has 1 to " + MOST + " entries");
    }
  }

  /** The oldest. */
  public static Page first(int size) {
    return new Page(false, OptionalLong.empty(), size);
  }
}
