package dev.ephemeris.gateway.mint;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.policy.Scope;
import java.util.Optional;

/**
 * Which names there is one way to read, as in the lane proxy: one with a percent sign in it, or one
 * that reads as a RID, may be another name to whoever reads it at the account than it was to the
 * policy.
 */
final class Addressable {

  static final String REFUSAL =
      "a name in it can be read in more than one way at the account. Use the lane proxy, with"
          + " names that have neither percent signs nor slashes.";

  private Addressable() {}

  static boolean is(Scope scope, Optional<String> item) {
    if (scope.database().isEmpty()) {
      return true;
    }
    String database = scope.database().get();
    try {
      Address unused =
          scope.container().isEmpty()
              ? Address.database(database)
              : Address.child(database, scope.container().get(), item.orElse("any"));
      return true;
    } catch (IllegalArgumentException ambiguous) {
      return false;
    }
  }
}
