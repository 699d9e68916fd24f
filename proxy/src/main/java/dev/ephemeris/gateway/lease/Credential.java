package dev.ephemeris.gateway.lease;

/** What a presented lease token turned out to be. */
public sealed interface Credential {

  record Active(Lease lease) implements Credential {}

  /** It was a lease; it has expired or was revoked. */
  record Ended(Lease lease, Lease.State state) implements Credential {}

  /** Nothing that this gateway issued. */
  record Unknown() implements Credential {}
}
