package dev.ephemeris.policy;

/** What a rule does to the requests that it matches. A denial overrides every allowance. */
public enum Effect {
  ALLOW,
  DENY
}
