package dev.ephemeris.gateway.identity;

/** Why something in a catalog doesn't count. */
sealed interface Flaw {

  /** Where it is. */
  String place();

  /** What it is, of which entity, for whoever keeps the catalog. */
  String what();

  /**
   * An entity that is wrong in itself, or refers to what isn't there. Files with one are refused.
   */
  record Broken(String place, String what) implements Flaw {}

  /** Two entities claim what only one can be, and neither gets it. */
  record Contested(String place, String what) implements Flaw {}

  default String text() {
    return place() + ": " + what();
  }
}
