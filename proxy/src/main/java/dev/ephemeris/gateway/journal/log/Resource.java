package dev.ephemeris.gateway.journal.log;

/** A tile or bundle with what is in it. */
final class Resource {

  private final TilePath path;
  private final byte[] content;

  Resource(TilePath path, byte[] content) {
    this.path = path;
    this.content = content;
  }

  TilePath path() {
    return path;
  }

  /** Not a copy: nobody changes it. */
  byte[] content() {
    return content;
  }
}
