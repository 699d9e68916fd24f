package dev.ephemeris.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which of Ephemeris's own actions some may do, and by which rule.
 *
 * @param names those together whom the rule gives the same
 */
public record GatewayGiven(List<String> names, RuleName by, Set<GatewayAction> actions) {

  public GatewayGiven {
    names = List.copyOf(names);
    actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
  }

  static List<GatewayGiven> of(GatewayRules rules, List<Candidate> candidates) {
    record Row(RuleName by, Set<GatewayAction> actions) {}
    Map<Row, List<Candidate>> given = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      Map<RuleName, Set<GatewayAction>> theirs = new LinkedHashMap<>();
      for (Map.Entry<GatewayAction, RuleName> allowed :
          allowed(rules, candidate.principal()).entrySet()) {
        theirs
            .computeIfAbsent(allowed.getValue(), none -> EnumSet.noneOf(GatewayAction.class))
            .add(allowed.getKey());
      }
      theirs.forEach(
          (by, actions) ->
              given
                  .computeIfAbsent(new Row(by, actions), none -> new ArrayList<>())
                  .add(candidate));
    }
    Map<String, Set<PrincipalKind>> kinds = Candidate.kinds(candidates);
    return given.entrySet().stream()
        .map(
            row ->
                new GatewayGiven(
                    Candidate.names(row.getValue(), kinds),
                    row.getKey().by(),
                    row.getKey().actions()))
        .toList();
  }

  private static Map<GatewayAction, RuleName> allowed(GatewayRules rules, Principal principal) {
    Map<GatewayAction, RuleName> allowed = new EnumMap<>(GatewayAction.class);
    for (GatewayAction action : GatewayAction.values()) {
      switch (rules.decide(principal, action)) {
        case Decision.Allow(RuleName by, Obligations obligations) -> allowed.put(action, by);
        case Decision.Deny(Reason reason, Optional<RuleName> by) -> {}
      }
    }
    return allowed;
  }
}
