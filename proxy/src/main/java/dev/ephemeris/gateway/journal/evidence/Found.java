package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was found. Entries that come meanwhile shift no page.
 *
 * @param next where the next page begins, if there is more
 * @param progress how much of the log was searched
 */
public record Found(List<JournalEntry> entries, OptionalLong next, Progress progress) {

  public Found {
    entries = List.copyOf(entries);
  }
}
