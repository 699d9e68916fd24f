package dev.ephemeris.policy;

/** What becomes of requests that read over several partition keys. */
public enum CrossPartition {
  DENY
}
