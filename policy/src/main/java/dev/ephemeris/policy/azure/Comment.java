package dev.ephemeris.policy.azure;

import static java.util.stream.Collectors.joining;

import dev.ephemeris.policy.Quoted;
import dev.ephemeris.policy.RuleName;

/** What is written beside an assignment, so that a reader finds the rule. */
final class Comment {

  private Comment() {}

  /** On one line. */
  static String of(Exported.Assignment each) {
    return Quoted.line(
        each.group() + ": " + each.by().stream().map(RuleName::value).collect(joining("; ")));
  }
}
