package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the gateway answered.
 *
 * @param document as it came, for programs
 * @param value what the command line shows of it
 */
record Reply<T>(JsonNode document, T value) {

  /** The document may hold a lease's credential. */
  @Override
  public String toString() {
    return "Reply[" + value + "]";
  }
}
