package dev.ephemeris.policy;

import dev.ephemeris.policy.PolicyFile.RuleEntry;
import dev.ephemeris.policy.yaml.Problem;
import dev.ephemeris.policy.yaml.YamlFile;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A policy that still knows where each of its rules stands, and what the file says of it in so many
 * words: for those who work on a policy, rather than by it. Immutable.
 */
public final class PolicyText {

  /** A rule's place: an entry of a file's list. */
  private record Place(YamlFile<PolicyFile> file, int index) {}

  private final Policy policy;
  private final Map<RuleName, Place> places;

  private PolicyText(Policy policy, Map<RuleName, Place> places) {
    this.policy = policy;
    this.places = Map.copyOf(places);
  }

  /**
   * Reads a policy as {@link Policy#parse} does.
   *
   * @throws PolicyException with every problem found, each with file, line and column
   */
  public static PolicyText parse(List<PolicySource> sources) {
    Policy policy = Policy.parse(sources);
    // Read again rather than kept: a gateway has no use for the text of the policy that it goes by.
    Map<RuleName, Place> places = new HashMap<>();
    for (PolicySource source : sources) {
      YamlFile<PolicyFile> file = YamlFile.open(source.name(), source.text(), PolicyFile.class);
      List<RuleEntry> entries = file.value().rules();
      for (int i = 0; i < entries.size(); i++) {
        places.put(entries.get(i).name(), new Place(file, i));
      }
    }
    return new PolicyText(policy, places);
  }

  public Policy policy() {
    return policy;
  }

  /** The names of all rules, in the order of the alphabet. */
  public SortedSet<RuleName> ruleNames() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(places.keySet()));
  }

  /** Something to say of a rule, at its name or at what {@code path} leads to within it. */
  Problem problem(String message, RuleName rule, Object... path) {
    Place place = place(rule);
    Object[] whole = new Object[path.length + 2];
    whole[0] = "rules";
    whole[1] = place.index();
    System.arraycopy(path, 0, whole, 2, path.length);
    return place.file().problem(message, whole);
  }

  /** The rule as it is written. */
  RuleEntry entry(RuleName rule) {
    Place place = place(rule);
    return place.file().value().rules().get(place.index());
  }

  private Place place(RuleName rule) {
    return Objects.requireNonNull(places.get(rule), rule::value);
  }
}
