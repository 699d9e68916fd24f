package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.JournalRecord;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;

/** The types of the journal's records, in the order of the alphabet. For picocli to list. */
final class RecordTypes implements Iterable<String> {

  @Override
  public Iterator<String> iterator() {
    return Arrays.stream(JournalRecord.class.getPermittedSubclasses())
        .map(Class::getSimpleName)
        .map(name -> name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1))
        .sorted()
        .iterator();
  }
}
