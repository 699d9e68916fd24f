package dev.ephemeris.gateway.credential;

/** One way in which credentials are written. */
interface Form {

  /**
   * Tells of each one in the text, in time in proportion to its length.
   *
   * @param text bytes beyond ASCII are characters of Latin-1
   */
  void look(String text, Sightings seen);
}
