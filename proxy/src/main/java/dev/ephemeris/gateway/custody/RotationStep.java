package dev.ephemeris.gateway.custody;

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
  /** Nobody but those who shouldn't has this one. */
  REGENERATE_PRIMARY_READONLY,
  REGENERATE_SECONDARY_READONLY;

  static RotationStep first() {
    return REGENERATE_UNUSED;
  }

  /** What comes after it; nothing after the last. */
  Optional<RotationStep> next() {
    List<RotationStep> steps = List.of(values());
    int following = steps.indexOf(this) + 1;
    return following < steps.size() ? Optional.of(steps.get(following)) : Optional.empty();
  }

  /** For people and records: {@code regenerate-unused}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
