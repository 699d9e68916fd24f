package dev.ephemeris.simulator.cosmos;

import java.util.regex.Pattern;

/**
 * A role that a principal has somewhere.
 *
 * @param principalId the {@code oid} of a principal, or the id of one of its groups
 * @param scope {@code /} for the account, {@code /dbs/…} or {@code /dbs/…/colls/…}, by name
 */
public record RoleAssignment(String principalId, RoleDefinition role, String scope) {

  private static final Pattern SCOPE = Pattern.compile("/|/dbs/[^/]+(/colls/[^/]+)?");

  /** Throws {@link IllegalArgumentException} for a scope of another form. */
  public RoleAssignment {
    if (!SCOPE.matcher(scope).matches()) {
      throw new IllegalArgumentException(
          "a scope is /, /dbs/{database} or /dbs/{database}/colls/{container}, not " + scope);
    }
  }

  /**
   * Whether the scope is the resource or holds it.
   *
   * @param resource in the form of a scope
   */
  boolean covers(String resource) {
    return scope.equals("/") || resource.equals(scope) || resource.startsWith(scope + "/");
  }
}
