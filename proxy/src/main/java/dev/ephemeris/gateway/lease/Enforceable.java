package dev.ephemeris.gateway.lease;

import dev.ephemeris.policy.Obligations;
import dev.ephemeris.policy.OnStoreLoss;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which obligations of rules this gateway can see to. Nothing is allowed under one that it can't,
 * and a policy that has one isn't put in force.
 */
public final class Enforceable {

  /**
   * An obligation that isn't seen to.
   *
   * @param key what it is called in a rule
   */
  private record Missing(String key, Predicate<Obligations> isAmong) {}

  private static final List<Missing> ALL_MISSING =
      List.of(
          new Missing("mask", obligations -> !obligations.mask().isEmpty()),
          new Missing(
              "onStoreLoss", obligations -> obligations.onStoreLoss() != OnStoreLoss.GO_ON));

  private Enforceable() {}

  /** Whether all of them are seen to. */
  public static boolean here(Obligations obligations) {
    for (Missing each : ALL_MISSING) {
      if (each.isAmong().test(obligations)) {
        return false;
      }
    }
    return true;
  }

  /** By their keys in a rule, those that aren't; none if all are. */
  public static List<String> missing(Obligations obligations) {
    return ALL_MISSING.stream()
        .filter(each -> each.isAmong().test(obligations))
        .map(Missing::key)
        .toList();
  }
}
