package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.TestFile.TestEntry;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the engine says to one action of a test, whatever the lane. */
record TestAnswer(Optional<Decision.Deny> refusal, Set<RuleName> by, Set<Obligations> obligations) {

  static TestAnswer of(Decision decision) {
    return switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) ->
          new TestAnswer(Optional.empty(), Set.of(by), Set.of(obligations));
      case Decision.Deny deny ->
          new TestAnswer(Optional.of(deny), deny.by().map(Set::of).orElse(Set.of()), Set.of());
    };
  }

  private boolean allowed() {
    return refusal.isEmpty();
  }

  private boolean masks(Set<FieldPath> fields) {
    return obligations.stream().allMatch(each -> each.mask().equals(fields));
  }

  private boolean waitsFor(Approval approval) {
    return obligations.stream().allMatch(each -> each.approvals().equals(Set.of(approval)));
  }

  @Override
  public String toString() {
    return Stream.concat(
            Stream.of(inWords(allowed(), refusal.map(Decision.Deny::reason), by)),
            obligations.stream().flatMap(each -> each.words().stream()).distinct())
        .collect(joining(", "));
  }

  /** Whether the test has it so. */
  boolean isExpected(TestEntry test) {
    return allowed() == test.can().isPresent()
        && test.rule().map(by::contains).orElse(true)
        && test.masked().map(this::masks).orElse(true)
        && test.approval().map(this::waitsFor).orElse(true)
        && test.because()
            .map(reason -> refusal.filter(deny -> deny.reason() == reason).isPresent())
            .orElse(true);
  }

  /** What the test has instead, in words. */
  static String expected(TestEntry test) {
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

  private static String inWords(boolean allowed, Optional<Reason> reason, Set<RuleName> by) {
    return (allowed ? "allowed" : "denied")
        + reason.map(why -> ", " + why.code()).orElse("")
        + (by.isEmpty() ? "" : " by " + quoted(by));
  }

  static String quoted(Set<RuleName> names) {
    return String.join(", ", names.stream().map(name -> "'" + name + "'").toList());
  }
}
