package dev.ephemeris.gateway.journal;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A record as readers see it.
 *
 * @param sequence its place in the journal, from 0, without gaps
 * @param type the record's type, {@code requestIntent} for {@link JournalRecord.RequestIntent}
 * @param fields {@code sequence}, {@code type}, {@code version} and the record's components
 */
public record JournalEntry(long sequence, String type, ObjectNode fields) {}
