package dev.ephemeris.cosmos;

/**
 * What the selector headers ask for; at most one of the first four is true, {@code feed} besides.
 */
record Selection(boolean upsert, boolean query, boolean plan, boolean batch, boolean feed) {

  /** Whether method and path alone say what is asked. */
  boolean isPlain() {
    return !selected() && !feed;
  }

  /** Whether the changes of a feed are asked for, and nothing else. */
  boolean isFeedOnly() {
    return !selected() && feed;
  }

  /** Whether a query is asked for, and not one on the changes of a feed. */
  boolean isQueryOnly() {
    return query && !feed;
  }

  private boolean selected() {
    return upsert || query || plan || batch;
  }
}
