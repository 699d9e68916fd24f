package dev.ephemeris.policy;

import dev.ephemeris.policy.ScopeTree.Choice;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A way to data: what is shown in the proxy lane, or one of the lanes beside it. A rule may give
 * the same action one way and not another.
 */
public enum Way {
  LEASE_TOKEN(Lane.PROXY, CredentialForm.LEASE_TOKEN),
  OWN_TOKEN(Lane.PROXY, CredentialForm.OWN_TOKEN),
  LEASE_KEY(Lane.PROXY, CredentialForm.LEASE_KEY),
  TOKEN_LANE(Lane.TOKEN, CredentialForm.LEASE_TOKEN),
  RBAC_LANE(Lane.RBAC, CredentialForm.LEASE_TOKEN);

  private final Lane lane;
  private final CredentialForm form;

  Way(Lane lane, CredentialForm form) {
    this.lane = lane;
    this.form = form;
  }

  /** What {@code grant} gives this way. */
  Answer ask(Grant grant, Action action, Scope scope) {
    List<Choice> choices = grant.choices(action, scope, lane, form);
    Optional<RuleName> by =
        choices.stream().map(Choice::decision).flatMap(Way::allowing).findFirst();
    if (by.isEmpty()) {
      return switch (choices.getLast().decision()) {
        case Decision.Deny(Reason reason, Optional<RuleName> rule) -> new Answer.No(reason, rule);
        case Decision.Allow allow ->
            throw new IllegalStateException("allowed by no rule: " + allow);
      };
    }
    return new Answer.Yes(
        new Given(
            grant.shortest(action, scope, lane, form).orElseThrow(),
            choices.stream().flatMap(Way::terms).toList(),
            choices.stream()
                .filter(choice -> choice.decision() instanceof Decision.Deny)
                .map(choice -> choice.when())
                .filter(when -> !when.isNone())
                .map(Residual::toString)
                .toList()),
        by.get());
  }

  private static Stream<RuleName> allowing(Decision decision) {
    return decision instanceof Decision.Allow(RuleName by, Obligations obligations)
        ? Stream.of(by)
        : Stream.empty();
  }

  private static Stream<Terms> terms(Choice choice) {
    return choice.decision() instanceof Decision.Allow(RuleName by, Obligations obligations)
        ? Stream.of(
            new Terms(
                obligations,
                choice.when().isNone() ? Optional.empty() : Optional.of(choice.when().toString())))
        : Stream.empty();
  }

  /** What it is called in documents: {@code lease-key}, {@code rbac-lane}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * How an action is given.
   *
   * @param ttl the shortest, where it depends on conditions
   * @param terms of a request the first whose conditions hold; never empty
   * @param unless conditions, each of a rule that denies while they hold
   */
  public record Given(Ttl ttl, List<Terms> terms, List<String> unless) {
    public Given {
      terms = List.copyOf(terms);
      unless = List.copyOf(unless);
    }
  }

  /**
   * What goes for a request.
   *
   * @param when a rule's conditions, as people read them; empty if it always holds
   */
  public record Terms(Obligations obligations, Optional<String> when) {}

  /** Whether an action is given one way, and what says so. */
  sealed interface Answer {
    record Yes(Given given, RuleName by) implements Answer {}

    record No(Reason reason, Optional<RuleName> by) implements Answer {}

    default Optional<Given> asGiven() {
      return switch (this) {
        case Yes(Given given, RuleName by) -> Optional.of(given);
        case No no -> Optional.empty();
      };
    }

    /** The rule that says so, if it takes one. */
    default Optional<RuleName> rule() {
      return switch (this) {
        case Yes(Given given, RuleName by) -> Optional.of(by);
        case No(Reason reason, Optional<RuleName> by) -> by;
      };
    }
  }
}
