package dev.ephemeris.policy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The rules that are for one principal, with nothing in them that depends on who they are.
 *
 * @param rules the strongest first
 * @param actedFor those that are for whom it acts for
 */
record Theirs(List<Rule> rules, Optional<Theirs> actedFor) {
  Theirs {
    rules = List.copyOf(rules);
  }

  /** Those of {@code rules} that are {@link Rule#of} the principal. */
  static Theirs of(List<Rule> rules, Principal principal) {
    return new Theirs(
        rules.stream()
            .flatMap(rule -> rule.of(principal).stream())
            .sorted(Rule.STRONGEST_FIRST)
            .toList(),
        principal.actsFor().map(whom -> of(rules, whom)));
  }

  /** All of them. */
  Stream<Rule> stream() {
    return Stream.concat(rules.stream(), actedFor.stream().flatMap(Theirs::stream));
  }
}
