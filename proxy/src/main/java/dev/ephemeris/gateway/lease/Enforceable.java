package dev.ephemeris.gateway.lease;

import dev.ephemeris.policy.Obligations;
import dev.ephemeris.policy.OnStoreLoss;
import java.util.ArrayList;
import java.util.List;

/**
 * Which obligations of rules this gateway can see to. Nothing is allowed under one that it can't,
 * and a policy that has one isn't put in force.
 */
public final class Enforceable {

  private Enforceable() {}

  /** Whether all of them are seen to. */
  public static boolean here(Obligations obligations) {
    return obligations.mask().isEmpty()
        && obligations.approval().isEmpty()
        && obligations.channels().isEmpty()
        && obligations.onStoreLoss() == OnStoreLoss.GO_ON;
  }

  /** By their keys in a rule, those that aren't; none if all are. */
  public static List<String> missing(Obligations obligations) {
    List<String> missing = new ArrayList<>();
    if (!obligations.mask().isEmpty()) {
      missing.add("mask");
    }
    if (obligations.approval().isPresent()) {
      missing.add("approval");
    }
    if (!obligations.channels().isEmpty()) {
      missing.add("notify");
    }
    if (obligations.onStoreLoss() != OnStoreLoss.GO_ON) {
      missing.add("onStoreLoss");
    }
    return List.copyOf(missing);
  }
}
