package dev.ephemeris.policy;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What somebody did, or wanted a lease for, one or more times: what a policy is suggested from.
 *
 * @param form what they showed for it
 * @param actions never empty
 * @param asked whether it was a lease that was asked for, rather than something done
 * @param deniedBy the rule that denies it, if one does: no rule that allows changes that
 * @param times how often
 */
public record Observation(
    Principal by,
    CredentialForm form,
    Scope scope,
    Set<Action> actions,
    boolean asked,
    Optional<RuleName> deniedBy,
    long times,
    Instant first,
    Instant last) {

  public Observation {
    if (actions.isEmpty()) {
      throw new IllegalArgumentException("nothing was done");
    }
    actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
  }

  /** The same thing, seen at the times of both. */
  public Observation and(Observation again) {
    return new Observation(
        by,
        form,
        scope,
        actions,
        asked,
        deniedBy,
        times + again.times,
        first.isBefore(again.first) ? first : again.first,
        last.isAfter(again.last) ? last : again.last);
  }

  /** How people know who it was. */
  String who() {
    return by.user().map(UserRef::toString).orElseGet(by.id()::toString);
  }
}
