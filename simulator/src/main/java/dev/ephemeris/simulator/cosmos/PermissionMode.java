package dev.ephemeris.simulator.cosmos;

/** What a resource token lets its holder do to what it names. */
public enum PermissionMode {
  READ,
  ALL
}
