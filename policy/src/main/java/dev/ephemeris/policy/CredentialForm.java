package dev.ephemeris.policy;

/** What a caller shows in the proxy lane; each stands for one lease. */
public enum CredentialForm {
  /** A token that the gateway made for the lease. */
  LEASE_TOKEN,
  /** The caller's own access token: its first use opens the lease. */
  OWN_TOKEN,
  /**
   * A key that requests are signed with, for tools that know nothing else. A signature covers
   * method, resource and date only, so that it is for rules that ask for it.
   */
  LEASE_KEY
}
