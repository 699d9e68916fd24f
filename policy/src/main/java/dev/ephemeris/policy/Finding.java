package dev.ephemeris.policy;

import dev.ephemeris.policy.yaml.Problem;
import java.util.Locale;

/**
 * Something about a rule that its author may not have meant.
 *
 * @param where at the rule, or at what it is about; its message says why
 * @param advice what to do about it
 */
public record Finding(Code code, RuleName rule, Problem where, String advice) {

  /** What there is to be found. The list is closed: people name these to pass over them. */
  public enum Code {
    /** Without this rule, the policy would say the same. */
    SHADOWED,
    /** No request that can come meets this rule. */
    UNREACHABLE,
    /** Everybody may change whole accounts, or whichever there are. */
    TOO_BROAD,
    /** How long leases last is left to what rules that don't say get. */
    MISSING_TTL,
    /** The catalog has no such group. */
    UNKNOWN_GROUP,
    /** The catalog has no such user. */
    UNKNOWN_USER,
    /** What is masked is told by other means. */
    MASKED_KEY,
    /** What the rule wants an approval for is to be had by another without one. */
    BYPASSED_APPROVAL;

    /** A name that never changes, for example {@code too-broad}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** In two lines for a terminal, without an end of line at the end. */
  public String toText() {
    return "%s [%s]\n    %s".formatted(where, code, advice);
  }
}
