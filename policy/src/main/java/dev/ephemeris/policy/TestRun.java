package dev.ephemeris.policy;

import dev.ephemeris.policy.Explanation.RuleTrace;
import dev.ephemeris.policy.TestFile.TestEntry;
import dev.ephemeris.policy.TestResult.Mismatch;
import dev.ephemeris.policy.yaml.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** One test of what can be done on an account, with those whom it names found. */
record TestRun(
    Policy policy, TestEntry test, Principal principal, AccountFacts account, Scope scope) {

  TestResult result(Problem place) {
    Grant grant = policy.compile(principal, List.of(account));
    List<Mismatch> mismatches = new ArrayList<>();
    NavigableSet<RuleName> decidedBy = new TreeSet<>();
    for (Action action : test.actions()) {
      TestAnswer answer = answer(grant, action);
      decidedBy.addAll(answer.by());
      Set<String> unsaid = unsaid(grant, action);
      if (!unsaid.isEmpty()) {
        mismatches.add(
            new Mismatch(
                action.toString(),
                TestAnswer.expected(test),
                "it depends: say " + String.join(" and ", unsaid) + " in this test",
                near(action)));
      } else if (!answer.isExpected(test)) {
        mismatches.add(
            new Mismatch(
                action.toString(), TestAnswer.expected(test), answer.toString(), near(action)));
      }
    }
    if (test.ttl().isPresent() && mismatches.isEmpty()) {
      lease(grant, test.ttl().get(), decidedBy).ifPresent(mismatches::add);
    }
    return new TestResult(place, mismatches, decidedBy);
  }

  private TestAnswer answer(Grant grant, Action action) {
    if (test.lane() == Lane.PROXY) {
      return TestAnswer.of(grant.decide(action, scope, test.shown(), test.circumstances()));
    }
    return switch (terms(grant, Set.of(action))) {
      case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by, Set<Obligations> obligations) ->
          // Those of an agent's rule and of that of whom it acts for are one answer.
          new TestAnswer(
              Optional.empty(),
              by,
              obligations.stream().reduce(Obligations::and).map(Set::of).orElse(Set.of()));
      case LeaseTerms.Refused(Map<Action, Decision.Deny> reasons) ->
          TestAnswer.of(reasons.values().iterator().next());
    };
  }

  /**
   * What a rule asks that would decide, and the test doesn't say: it would pass or fail by what
   * isn't there, a denial for some hours above all.
   */
  private Set<String> unsaid(Grant grant, Action action) {
    Set<String> unsaid = new TreeSet<>();
    for (ScopeTree.Choice choice : grant.choices(action, scope, test.lane(), test.shown())) {
      if (!choice.when().approvals().isEmpty()) {
        continue; // nobody has approved anything in a test
      }
      choice.when().conditions().forEach(when -> addUnsaid(when, unsaid));
      if (!unsaid.isEmpty() || choice.when().holds(test.circumstances())) {
        break;
      }
    }
    return unsaid;
  }

  private void addUnsaid(Conditions when, Set<String> unsaid) {
    if (when.window().isPresent() && test.at().isEmpty()) {
      unsaid.add("at");
    }
    if (when.network().isPresent() && test.from().isEmpty()) {
      unsaid.add("from");
    }
    if (when.clients().isPresent() && test.client().isEmpty()) {
      unsaid.add("client");
    }
  }

  private LeaseTerms terms(Grant grant, Set<Action> actions) {
    return grant.leaseTerms(actions, scope, test.lane(), test.shown(), test.circumstances());
  }

  private Optional<Mismatch> lease(Grant grant, Ttl expected, Set<RuleName> decidedBy) {
    // Leases are refused by action: what is allowed one by one is given together.
    return switch (terms(grant, test.actions())) {
      case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by, Set<Obligations> obligations) -> {
        decidedBy.addAll(by);
        yield ttl.equals(expected)
            ? Optional.empty()
            : Optional.of(
                new Mismatch(
                    "ttl",
                    inWords(expected),
                    inWords(ttl) + ", by " + TestAnswer.quoted(by),
                    List.of()));
      }
      case LeaseTerms.Refused refused ->
          throw new IllegalStateException("allowed one by one, refused together: " + refused);
    };
  }

  /** The rules that apply, and those that would have it as expected but for one thing. */
  private List<RuleTrace> near(Action action) {
    Effect wanted = test.can().isPresent() ? Effect.ALLOW : Effect.DENY;
    return Stream.concat(Stream.of(principal), principal.actsFor().stream())
        .flatMap(
            each ->
                policy
                    .traces(
                        each,
                        action,
                        scope,
                        account,
                        test.lane(),
                        test.shown(),
                        test.circumstances())
                    .stream())
        .filter(trace -> trace.matches() || (trace.nearMiss() && trace.effect() == wanted))
        .toList();
  }

  private static String inWords(Ttl ttl) {
    return "default %s, max %s".formatted(ttl.standard(), ttl.max());
  }
}
