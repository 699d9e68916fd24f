package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Scope;
import java.util.Set;

/** What a policy is asked about, as it stands on the command line. */
final class Asked {

  private Asked() {}

  /** One action on accounts. */
  static Action action(String name) throws Failure {
    try {
      Set<Action> actions = Action.matching(name);
      if (actions.size() == 1) {
        return actions.iterator().next();
      }
    } catch (IllegalArgumentException e) {
      throw new Failure(Failure.Kind.USAGE, String.valueOf(e.getMessage()));
    }
    throw new Failure(
        Failure.Kind.USAGE, "'" + name + "' stands for several actions; ask about one of them");
  }

  static Scope scope(ResourceScope scope) throws Failure {
    try {
      return Scope.parse(scope.toString());
    } catch (IllegalArgumentException e) {
      throw new Failure(Failure.Kind.USAGE, String.valueOf(e.getMessage()));
    }
  }
}
