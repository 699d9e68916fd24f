/**
 * The {@code ephemeris} command: signs in, asks a gateway's API for leases, reads journals, and
 * works on policy files.
 *
 * <pre>{@code
 * arguments ── Ephemeris ──► Login ──► DeviceSignIn ──► Credentials   (once, in a browser)
 *                       ├──► IssueLease, Explain, … ──► Connection ──► GatewayClient ──► /v1
 *                       ├──► Exec, OpenTunnel ──► HeldLease, which goes on asking by the same way
 *                       ├──► AuditSearch, AuditTail ──► JournalQuery over a JournalReader, or /v1
 *                       └──► PolicyCheck, PolicyTest, … ──► PolicyFiles
 * what came of it ───────► Output on stdout, or a Failure: one line on stderr and an exit code
 * }</pre>
 *
 * <p>{@link dev.ephemeris.gateway.cli.Ephemeris} is all that others see. A token is never printed,
 * except the lease's credential that was asked for.
 */
@NullMarked
package dev.ephemeris.gateway.cli;

import org.jspecify.annotations.NullMarked;
