package dev.ephemeris.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may take an action on a scope, and by which rule; and whom a rule denies it.
 *
 * @param allowed those who may; those together whom the same rule lets in the same way
 * @param denied those whom a rule denies it, whatever else allows it
 */
public record WhoCan(Action action, Scope scope, List<Allowed> allowed, List<Denied> denied) {

  /** Who may, and how. */
  public record Allowed(List<String> names, RuleName by, Way.Given given, Set<Way> ways) {
    public Allowed {
      names = List.copyOf(names);
      ways = Collections.unmodifiableSet(EnumSet.copyOf(ways));
    }
  }

  /** Whom the rule denies it, in these ways. */
  public record Denied(List<String> names, RuleName by, Set<Way> ways) {
    public Denied {
      names = List.copyOf(names);
      ways = Collections.unmodifiableSet(EnumSet.copyOf(ways));
    }
  }

  public WhoCan {
    allowed = List.copyOf(allowed);
    denied = List.copyOf(denied);
  }

  static WhoCan of(
      List<Rule> rules,
      List<Candidate> candidates,
      Action action,
      Scope scope,
      AccountFacts account) {
    if (!scope.account().equals(account.name())) {
      throw new IllegalArgumentException(scope + " is not in " + account.name());
    }
    record Yes(RuleName by, Way.Given given, Set<Way> ways) {}
    record No(RuleName by, Set<Way> ways) {}
    Map<Yes, List<Candidate>> allowed = new LinkedHashMap<>();
    Map<No, List<Candidate>> denied = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      Grant grant = Grant.of(rules, candidate.principal(), List.of(account));
      Map<Way.Answer, Set<Way>> answers = new LinkedHashMap<>();
      for (Way way : Way.values()) {
        answers
            .computeIfAbsent(way.ask(grant, action, scope), none -> EnumSet.noneOf(Way.class))
            .add(way);
      }
      answers.forEach(
          (answer, ways) -> {
            switch (answer) {
              case Way.Answer.Yes(Way.Given given, RuleName by) ->
                  allowed
                      .computeIfAbsent(new Yes(by, given, ways), none -> new ArrayList<>())
                      .add(candidate);
              case Way.Answer.No(Reason reason, Optional<RuleName> by) -> {
                if (reason == Reason.DENIED_BY_RULE) {
                  denied
                      .computeIfAbsent(new No(by.orElseThrow(), ways), none -> new ArrayList<>())
                      .add(candidate);
                }
              }
            }
          });
    }
    Map<String, Set<PrincipalKind>> kinds = Candidate.kinds(candidates);
    return new WhoCan(
        action,
        scope,
        allowed.entrySet().stream()
            .map(
                row ->
                    new Allowed(
                        Candidate.names(row.getValue(), kinds),
                        row.getKey().by(),
                        row.getKey().given(),
                        row.getKey().ways()))
            .toList(),
        denied.entrySet().stream()
            .map(
                row ->
                    new Denied(
                        Candidate.names(row.getValue(), kinds),
                        row.getKey().by(),
                        row.getKey().ways()))
            .toList());
  }
}
