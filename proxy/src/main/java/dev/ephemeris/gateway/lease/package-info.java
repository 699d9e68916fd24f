/**
 * Leases and their life: issued by policy, derived from a root key, kept in the store, found in
 * memory, ended.
 *
 * <pre>{@code
 * Leases.issue(principal, session, request) ──► Issued(lease, token) | Refused(why)
 * Leases.authenticate(signature) ─────────────► Active(lease) | Ended(lease) | NotALease
 * Leases.revoke(id, principal) ───────────────► the next authenticate says Ended
 * }</pre>
 *
 * <p>A token is derived, never stored ({@link dev.ephemeris.gateway.lease.LeaseSecrets}); a stored
 * lease carries a MAC, so that whoever can write the database can't widen one.
 */
@NullMarked
package dev.ephemeris.gateway.lease;

import org.jspecify.annotations.NullMarked;
