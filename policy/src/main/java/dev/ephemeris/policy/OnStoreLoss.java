package dev.ephemeris.policy;

/** What becomes of requests with a lease that is known, while the store doesn't answer. */
public enum OnStoreLoss {
  /** They are let through for a while: that the lease was ended meanwhile isn't known. */
  GO_ON,
  /** They are refused at once. */
  DENY
}
