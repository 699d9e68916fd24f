package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

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

/** One test, with those whom it names found. */
record TestRun(Policy policy, TestEntry test, Principal principal, AccountFacts account) {

  /** What the engine says to one action, whatever the lane. */
  private record Answer(
      Optional<Decision.Deny> refusal, Set<RuleName> by, Set<Obligations> obligations) {

    static Answer of(Decision decision) {
      return switch (decision) {
        case Decision.Allow(RuleName by, Obligations obligations) ->
            new Answer(Optional.empty(), Set.of(by), Set.of(obligations));
        case Decision.Deny deny ->
            new Answer(Optional.of(deny), deny.by().map(Set::of).orElse(Set.of()), Set.of());
      };
    }

    boolean allowed() {
      return refusal.isEmpty();
    }

    boolean masks(Set<FieldPath> fields) {
      return obligations.stream().allMatch(each -> each.mask().equals(fields));
    }

    boolean waitsFor(Approval approval) {
      return obligations.stream().allMatch(each -> each.approval().equals(Optional.of(approval)));
    }

    @Override
    public String toString() {
      return Stream.concat(
              Stream.of(inWords(allowed(), refusal.map(Decision.Deny::reason), by)),
              obligations.stream().flatMap(each -> each.words().stream()).distinct())
          .collect(joining(", "));
    }
  }

  TestResult result(Problem place) {
    Grant grant = policy.compile(principal, List.of(account));
    List<Mismatch> mismatches = new ArrayList<>();
    NavigableSet<RuleName> decidedBy = new TreeSet<>();
    for (Action action : test.actions()) {
      Answer answer = answer(grant, action);
      decidedBy.addAll(answer.by());
      Set<String> unsaid = unsaid(grant, action);
      if (!unsaid.isEmpty()) {
        mismatches.add(
            new Mismatch(
                action.toString(),
                expected(),
                "it depends: say " + String.join(" and ", unsaid) + " in this test",
                near(action)));
      } else if (!isExpected(answer)) {
        mismatches.add(
            new Mismatch(action.toString(), expected(), answer.toString(), near(action)));
      }
    }
    if (test.ttl().isPresent() && mismatches.isEmpty()) {
      lease(grant, test.ttl().get(), decidedBy).ifPresent(mismatches::add);
    }
    return new TestResult(place, mismatches, decidedBy);
  }

  private Answer answer(Grant grant, Action action) {
    if (test.lane() == Lane.PROXY) {
      return Answer.of(grant.decide(action, test.scope(), test.shown(), test.circumstances()));
    }
    return switch (terms(grant, Set.of(action))) {
      case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by, Set<Obligations> obligations) ->
          new Answer(Optional.empty(), by, obligations);
      case LeaseTerms.Refused(Map<Action, Decision.Deny> reasons) ->
          Answer.of(reasons.values().iterator().next());
    };
  }

  /**
   * What a rule asks that would decide, and the test doesn't say: it would pass or fail by what
   * isn't there, a denial for some hours above all.
   */
  private Set<String> unsaid(Grant grant, Action action) {
    Set<String> unsaid = new TreeSet<>();
    for (ScopeTree.Choice choice : grant.choices(action, test.scope(), test.lane(), test.shown())) {
      Conditions when = choice.when().when();
      if (when.window().isPresent() && test.at().isEmpty()) {
        unsaid.add("at");
      }
      if (when.network().isPresent() && test.from().isEmpty()) {
        unsaid.add("from");
      }
      if (when.clients().isPresent() && test.client().isEmpty()) {
        unsaid.add("client");
      }
      if (!unsaid.isEmpty() || choice.when().holds(test.circumstances())) {
        break;
      }
    }
    return unsaid;
  }

  private LeaseTerms terms(Grant grant, Set<Action> actions) {
    return grant.leaseTerms(actions, test.scope(), test.lane(), test.shown(), test.circumstances());
  }

  private boolean isExpected(Answer answer) {
    return answer.allowed() == test.can().isPresent()
        && test.rule().map(answer.by()::contains).orElse(true)
        && test.masked().map(answer::masks).orElse(true)
        && test.approval().map(answer::waitsFor).orElse(true)
        && test.because()
            .map(reason -> answer.refusal().filter(deny -> deny.reason() == reason).isPresent())
            .orElse(true);
  }

  private String expected() {
    return Stream.of(
            Optional.of(
                inWords(
                    test.can().isPresent(),
                    test.because(),
                    test.rule().map(Set::of).orElse(Set.of()))),
            test.masked().map(fields -> "masks " + sorted(fields)),
            test.approval().map(who -> "after approval by " + who))
        .flatMap(Optional::stream)
        .collect(joining(", "));
  }

  private static String sorted(Set<FieldPath> fields) {
    return fields.stream().map(FieldPath::toString).sorted().collect(joining(" and "));
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
                    "ttl", inWords(expected), inWords(ttl) + ", by " + quoted(by), List.of()));
      }
      case LeaseTerms.Refused refused ->
          throw new IllegalStateException("allowed one by one, refused together: " + refused);
    };
  }

  /** The rules that apply, and those that would have it as expected but for one thing. */
  private List<RuleTrace> near(Action action) {
    Effect wanted = test.can().isPresent() ? Effect.ALLOW : Effect.DENY;
    return policy
        .traces(
            principal,
            action,
            test.scope(),
            account,
            test.lane(),
            test.shown(),
            test.circumstances())
        .stream()
        .filter(trace -> trace.matches() || (trace.nearMiss() && trace.effect() == wanted))
        .toList();
  }

  private static String inWords(boolean allowed, Optional<Reason> reason, Set<RuleName> by) {
    return (allowed ? "allowed" : "denied")
        + reason.map(why -> ", " + why.code()).orElse("")
        + (by.isEmpty() ? "" : " by " + quoted(by));
  }

  private static String inWords(Ttl ttl) {
    return "default %s, max %s".formatted(ttl.standard(), ttl.max());
  }

  private static String quoted(Set<RuleName> names) {
    return String.join(", ", names.stream().map(name -> "'" + name + "'").toList());
  }
}
