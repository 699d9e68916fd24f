package dev.ephemeris.simulator.azure;

import java.time.Duration;

/**
 * How long things take in Azure. What is under way ends as it began, whatever is set later.
 *
 * @param regeneration from asking for a new key to the end of the operation, until which the old
 *     one works
 * @param roleChange the same of a role definition or assignment
 * @param roleSpread from the end of that operation to its effect on data, either way
 * @param retryAfter what is told to clients between two looks at an operation, in whole seconds; of
 *     less than one Azure's libraries make half a minute
 */
public record Delays(
    Duration regeneration, Duration roleChange, Duration roleSpread, Duration retryAfter) {

  /** All is done when it is answered, and there are no operations to look at. */
  public static final Delays NONE =
      new Delays(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1));

  public Delays withRegeneration(Duration time) {
    return new Delays(time, roleChange, roleSpread, retryAfter);
  }

  public Delays withRoleChange(Duration time) {
    return new Delays(regeneration, time, roleSpread, retryAfter);
  }

  public Delays withRoleSpread(Duration time) {
    return new Delays(regeneration, roleChange, time, retryAfter);
  }

  public Delays withRetryAfter(Duration time) {
    return new Delays(regeneration, roleChange, roleSpread, time);
  }
}
