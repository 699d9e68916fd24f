package dev.ephemeris.gateway.journal.evidence;

/**
 * How far the index is.
 *
 * @param log the name of the log that it is of
 * @param first the first entry that is still kept
 * @param indexed the entries before this one are in the index
 * @param size the entries before this one are in the log, sealed
 */
public record Progress(String log, long first, long indexed, long size) {

  /** Whether all that is sealed is in the index. */
  public boolean isComplete() {
    return indexed >= size;
  }
}
