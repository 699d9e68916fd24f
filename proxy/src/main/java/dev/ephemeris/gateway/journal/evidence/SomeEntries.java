package dev.ephemeris.gateway.journal.evidence;

import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.SealedEntries;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Entries by their sequences, those that stand near each other read at once. */
final class SomeEntries {

  /** A bundle of a tile log has as many (C2SP tlog-tiles). */
  private static final int AT_A_TIME = 256;

  private SomeEntries() {}

  /** In the order of {@code sequences}, without those that the log no longer keeps. */
  static List<JournalEntry> of(SealedEntries log, List<Long> sequences) throws JournalException {
    Map<Long, JournalEntry> read = new HashMap<>();
    List<Long> wanted =
        sequences.stream().filter(sequence -> sequence >= log.first()).sorted().toList();
    int i = 0;
    while (i < wanted.size()) {
      long from = wanted.get(i);
      int last = i;
      while (last + 1 < wanted.size() && wanted.get(last + 1) - from < AT_A_TIME) {
        last++;
      }
      readInto(read, log, from, (int) (wanted.get(last) - from) + 1);
      i = last + 1;
    }
    List<JournalEntry> found = new ArrayList<>();
    for (long sequence : sequences) {
      JournalEntry entry = read.get(sequence);
      if (entry != null) {
        found.add(entry);
      }
    }
    return found;
  }

  private static void readInto(
      Map<Long, JournalEntry> read, SealedEntries log, long from, int count)
      throws JournalException {
    long at = from;
    while (at < from + count) {
      List<JournalEntry> some = log.records(at, (int) (from + count - at));
      if (some.isEmpty()) {
        return;
      }
      some.forEach(entry -> read.put(entry.sequence(), entry));
      at = some.getLast().sequence() + 1;
    }
  }
}
