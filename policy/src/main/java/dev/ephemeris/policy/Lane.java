package dev.ephemeris.policy;

/** How a lease reaches data. */
public enum Lane {
  /** Through the gateway, which decides each request. */
  PROXY,
  /** Directly, with a resource token that Cosmos DB enforces. */
  TOKEN,
  /** Directly, with the caller's own identity and a role assignment that Cosmos DB enforces. */
  RBAC;

  /** Whether each request is decided anew, so that a rule may bite on part of a lease's scope. */
  public boolean decidesEachRequest() {
    return this == PROXY;
  }
}
