package dev.ephemeris.cosmos;

/** What the selector headers ask for; at most one of the first four is true. */
record Selection(boolean upsert, boolean query, boolean plan, boolean batch, boolean feed) {

  /** Whether method and path alone say what is asked. */
  boolean isPlain() {
    return !upsert && !query && !plan && !batch;
  }
}
