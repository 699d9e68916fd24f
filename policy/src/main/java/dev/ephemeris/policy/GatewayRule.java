package dev.ephemeris.policy;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * A rule of Ephemeris's own actions. They are done to the gateway as a whole, so there is nothing
 * to say of scopes, lanes or time.
 *
 * @param actions never empty
 */
record GatewayRule(RuleName name, Effect effect, Subjects subjects, Set<GatewayAction> actions) {

  /** What the configuration's administrators are given: no rule of a policy is called so. */
  static final RuleName ADMINISTRATORS = new RuleName("administrators, by the configuration");

  GatewayRule {
    actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
  }

  boolean denies() {
    return effect == Effect.DENY;
  }

  boolean matches(Principal principal, GatewayAction action) {
    return actions.contains(action) && subjects.matches(principal);
  }
}
