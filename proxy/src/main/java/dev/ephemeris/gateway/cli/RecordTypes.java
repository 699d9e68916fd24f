package dev.ephemeris.gateway.cli;

import dev.ephemeris.gateway.journal.RecordType;
import java.util.Arrays;
import java.util.Iterator;

/** The types of the journal's records, in the order of the alphabet. For picocli to list. */
final class RecordTypes implements Iterable<String> {

  @Override
  public Iterator<String> iterator() {
    return Arrays.stream(RecordType.values()).map(RecordType::code).sorted().iterator();
  }
}
