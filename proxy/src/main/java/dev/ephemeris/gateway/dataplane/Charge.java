package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.policy.Limits;
import dev.ephemeris.policy.RuleName;

/** One of the budgets that a request is charged to, by the limits of a rule. */
sealed interface Charge {

  Budget budget();

  Limits limits();

  /**
   * The request is held to it.
   *
   * @param whose it is, for people
   */
  record Held(String whose, Budget budget, RuleName rule, Limits limits) implements Charge {}

  /** It is taken off what others may have, and never refused by it. */
  record Counted(Budget budget, Limits limits) implements Charge {}

  /** Counts the request as on its way, unless it may not be. */
  default boolean begin() {
    return switch (this) {
      case Held held -> budget().begin(limits().concurrentRequests().orElse(Integer.MAX_VALUE));
      case Counted counted -> budget().begin(Integer.MAX_VALUE);
    };
  }

  /** Takes off what it cost. */
  default void spend(double requestUnits, long nowNanos) {
    switch (this) {
      case Held held -> budget().spend(requestUnits, limits(), nowNanos);
      case Counted counted -> budget().count(requestUnits, limits(), nowNanos);
    }
  }

  /** The request has ended. */
  default void end() {
    budget().end();
  }
}
