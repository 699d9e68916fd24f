/**
 * Which accounts are behind the gateway: they come and go while it runs.
 *
 * <pre>{@code
 * ConfigurationFile  what ephemeris.yaml lists ───────────────────┐
 * FoundAccounts      what has a tag in Azure ──────► KeptAccounts ─┴─► AccountsInForce ──► Parts: all that
 * AddedAccounts      what somebody adds, for a time ────┘                on record, then    has to do with
 *                                                                        in force          accounts
 * }</pre>
 *
 * <p>Whatever goes takes its leases along.
 */
@NullMarked
package dev.ephemeris.gateway.account;

import org.jspecify.annotations.NullMarked;
