package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.GatewayAction;
import dev.ephemeris.policy.Scope;
import java.util.Set;
import java.util.function.Function;

/** What a policy is asked about, as it stands on the command line. */
final class Asked {

  private Asked() {}

  /** One action on accounts. */
  static Action action(String name) throws Failure {
    return one(name, Action::matching);
  }

  /** One of Ephemeris's own actions. */
  static GatewayAction gatewayAction(String name) throws Failure {
    return one(name, GatewayAction::matching);
  }

  private static <T> T one(String name, Function<String, Set<T>> matching) throws Failure {
    try {
      Set<T> actions = matching.apply(name);
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
