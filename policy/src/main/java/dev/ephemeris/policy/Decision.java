package dev.ephemeris.policy;

import java.util.Optional;

/** Whether one action is allowed, and what says so. Near misses are {@link Policy#explain}'s. */
public sealed interface Decision {

  /**
   * Allowed.
   *
   * @param by of the rules that allow it, the one with the narrowest scope; among equals, the first
   *     by name. Of an agent that acts for somebody, the agent's own
   * @param obligations that rule's, whatever others say; and those of the rule that allows it to
   *     whom an agent acts for, the stricter in each respect
   */
  record Allow(RuleName by, Obligations obligations) implements Decision {}

  /**
   * Not allowed.
   *
   * @param by the rule that forbids it, if it takes one
   */
  record Deny(Reason reason, Optional<RuleName> by) implements Decision {}
}
