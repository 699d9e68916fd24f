package dev.ephemeris.policy;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a decision came about, for people: what became of each rule, and why.
 *
 * @param decision what {@link Grant#decide} says
 * @param rules every rule; those that match first, then near misses, then the rest
 * @param actedFor the same for whom the principal acts for, which must be allowed it too
 */
public record Explanation(
    Principal principal,
    Action action,
    Scope scope,
    Decision decision,
    List<RuleTrace> rules,
    Optional<Explanation> actedFor) {

  /** What a rule asks before it applies. */
  public enum Criterion {
    SUBJECT,
    ENVIRONMENT,
    LANE,
    CREDENTIAL,
    SCOPE,
    ACTION,
    REQUEST
  }

  /**
   * One question of a rule, and its answer.
   *
   * @param asked what the rule wants, in its own words
   */
  public record Check(Criterion criterion, boolean holds, String asked) {}

  /** One rule, and all of its questions. It applies if all are answered with yes. */
  public record RuleTrace(RuleName rule, Effect effect, List<Check> checks) {
    static final Comparator<RuleTrace> NEAREST_FIRST =
        comparing((RuleTrace trace) -> trace.failed().size())
            .thenComparing(RuleTrace::effect, Comparator.reverseOrder())
            .thenComparing(RuleTrace::rule);

    public RuleTrace {
      checks = List.copyOf(checks);
    }

    /** Whether the rule applies. */
    public boolean matches() {
      return failed().isEmpty();
    }

    /** Whether the rule would apply but for one thing. */
    public boolean nearMiss() {
      return failed().size() == 1;
    }

    /** What stands in the rule's way. */
    public List<Check> failed() {
      return checks.stream().filter(check -> !check.holds()).toList();
    }

    String toText() {
      String verdict = matches() ? "matches  " : nearMiss() ? "near miss" : "no match ";
      String wanted =
          failed().stream()
              .map(
                  check ->
                      "\n             it is for %s %s"
                          .formatted(spelt(check.criterion()), check.asked()))
              .collect(joining());
      return "  %s  %s (%s)%s".formatted(verdict, rule, spelt(effect), wanted);
    }
  }

  public Explanation {
    rules = List.copyOf(rules);
  }

  static Explanation of(
      List<Rule> rules,
      Principal principal,
      Action action,
      Scope scope,
      AccountFacts account,
      Circumstances circumstances) {
    if (!scope.account().equals(account.name())) {
      throw new IllegalArgumentException(scope + " is not in " + account.name());
    }
    Decision decision =
        Grant.of(rules, principal, List.of(account))
            .decide(action, scope, CredentialForm.LEASE_TOKEN, circumstances);
    return new Explanation(
        principal,
        action,
        scope,
        decision,
        traces(
            rules,
            principal,
            action,
            scope,
            account,
            Lane.PROXY,
            CredentialForm.LEASE_TOKEN,
            circumstances),
        principal
            .actsFor()
            .map(whom -> of(rules, whom, action, scope, account, circumstances.actedFor())));
  }

  /**
   * What becomes of each rule in {@code lane}, nearest first.
   *
   * @param form what is shown in the proxy lane; of no meaning in the others
   */
  static List<RuleTrace> traces(
      List<Rule> rules,
      Principal principal,
      Action action,
      Scope scope,
      AccountFacts account,
      Lane lane,
      CredentialForm form,
      Circumstances circumstances) {
    return rules.stream()
        .map(
            rule -> {
              Optional<Rule> theirs = rule.of(principal);
              Rule said = theirs.orElse(rule);
              return new RuleTrace(
                  rule.name(),
                  rule.effect(),
                  List.of(
                      new Check(Criterion.SUBJECT, theirs.isPresent(), rule.subjects().toString()),
                      new Check(
                          Criterion.ENVIRONMENT,
                          rule.appliesIn(account.environment()),
                          words(rule.environments())),
                      new Check(
                          Criterion.LANE,
                          rule.lanes().contains(lane),
                          words(rule.lanes().stream().map(Explanation::spelt).toList())),
                      new Check(
                          Criterion.CREDENTIAL,
                          lane != Lane.PROXY || rule.credentials().contains(form),
                          words(rule.credentials().stream().map(Explanation::spelt).toList())),
                      new Check(Criterion.SCOPE, said.covers(scope), words(said.scopes())),
                      new Check(
                          Criterion.ACTION, rule.actions().contains(action), words(rule.actions())),
                      new Check(
                          Criterion.REQUEST,
                          said.residual().holds(circumstances),
                          said.residual().toString())));
            })
        .sorted(RuleTrace.NEAREST_FIRST)
        .toList();
  }

  private static String spelt(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String words(Collection<?> values) {
    return values.stream().map(Object::toString).sorted().collect(joining(", "));
  }

  /** The explanation in lines for a terminal, without an end of line at the end. */
  public String toText() {
    return toText(
        principal, action + " on " + scope, decision, rules, actedFor.map(Explanation::toText));
  }

  static String toText(
      Principal principal,
      String asked,
      Decision decision,
      List<RuleTrace> rules,
      Optional<String> actedFor) {
    String question =
        "%s (%s), %s: %s"
            .formatted(principal.id(), spelt(principal.kind()), asked, answer(decision));
    return Stream.of(
            Stream.of(question),
            rules.stream().map(RuleTrace::toText),
            actedFor.stream().map(text -> "it acts for " + text))
        .flatMap(lines -> lines)
        .collect(joining("\n"));
  }

  private static String answer(Decision decision) {
    return switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) ->
          Stream.concat(Stream.of("allowed by '" + by + "'"), obligations.words().stream())
              .collect(joining(", "));
      case Decision.Deny(Reason reason, Optional<RuleName> by) ->
          "denied, " + reason.code() + by.map(rule -> " '" + rule + "'").orElse("");
    };
  }
}
