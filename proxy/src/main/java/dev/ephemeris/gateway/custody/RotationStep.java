package dev.ephemeris.gateway.custody;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The steps of a rotation, in their order. Whatever ends the gateway in one, the next gateway
 * begins that step again: each can be done twice.
 */
public enum RotationStep {
  /** Azure makes the key anew that nobody signs with. */
  REGENERATE_UNUSED,
  /** Every region takes it. */
  VERIFY_UNUSED,
  /** It is in the key vault, if the keys are kept in one. */
  PUBLISH_UNUSED,
  /** The gateway signs with it from now on. */
  SWITCH,
  /**
   * Azure makes the other key anew, once nothing that was signed with it lets anybody in any more.
   */
  REGENERATE_USED,
  VERIFY_USED,
  PUBLISH_USED,
  /** Whether resource tokens of before are let in: of a panic only. */
  ASK_CANARY,
  /** Nobody but those who shouldn't has this one. */
  REGENERATE_PRIMARY_READONLY,
  REGENERATE_SECONDARY_READONLY;

  static RotationStep first() {
    return REGENERATE_UNUSED;
  }

  /** All of a rotation, or of a panic. */
  static List<RotationStep> all(boolean panic) {
    return Arrays.stream(values()).filter(step -> panic || step != ASK_CANARY).toList();
  }

  /** What comes after it in a rotation, or in a panic; nothing after the last. */
  Optional<RotationStep> next(boolean panic) {
    List<RotationStep> steps = all(panic);
    int following = steps.indexOf(this) + 1;
    return following < steps.size() ? Optional.of(steps.get(following)) : Optional.empty();
  }

  /** For people and records: {@code regenerate-unused}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
