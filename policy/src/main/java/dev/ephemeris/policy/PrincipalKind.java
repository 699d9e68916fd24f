package dev.ephemeris.policy;

/** What kind of caller a principal is. */
public enum PrincipalKind {
  /** Someone who signed in. */
  PERSON,
  /** A program with an identity of its own. */
  WORKLOAD,
  /** A program, typically an AI copilot, that acts for a person or a workload. */
  AGENT
}
