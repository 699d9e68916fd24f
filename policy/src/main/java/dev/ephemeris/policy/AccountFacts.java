package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.InvalidField;
import java.util.Set;

/**
 * What a policy needs to know of an account.
 *
 * @param name Azure's name of it: 3 to 44 lower-case letters, digits and hyphens
 * @param environment for example {@code prod} or {@code preview-42}: lower-case letters, digits and
 *     hyphens
 * @param lanes the lanes that the account permits
 */
public record AccountFacts(String name, String environment, Set<Lane> lanes) {

  /**
   * @throws InvalidField (an IllegalArgumentException) naming the component that is malformed
   */
  public AccountFacts {
    if (!Naming.ACCOUNT.accepts(name)) {
      throw new InvalidField(Naming.ACCOUNT.refusal(name), "name");
    }
    if (!Naming.ENVIRONMENT.accepts(environment)) {
      throw new InvalidField(Naming.ENVIRONMENT.refusal(environment), "environment");
    }
    if (lanes.isEmpty()) {
      throw new InvalidField("an account without lanes is of no use; expected proxy", "lanes");
    }
    lanes = Set.copyOf(lanes);
  }
}
