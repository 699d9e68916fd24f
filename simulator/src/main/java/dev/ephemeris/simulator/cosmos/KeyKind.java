package dev.ephemeris.simulator.cosmos;

/** The four keys of an account, which Azure regenerates one by one. */
public enum KeyKind {
  PRIMARY,
  SECONDARY,
  PRIMARY_READONLY,
  SECONDARY_READONLY;

  boolean isReadOnly() {
    return this == PRIMARY_READONLY || this == SECONDARY_READONLY;
  }
}
