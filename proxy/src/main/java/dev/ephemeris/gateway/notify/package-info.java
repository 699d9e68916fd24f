/**
 * People are told of leases and access requests, where a rule says so.
 *
 * <pre>{@code
 * Notifier.tell(handle, channels, notice) ──► a row for each channel, in the caller's transaction
 * Notifier.look() ──► a Sender for each that is due ──► notificationSent, or again later
 * }</pre>
 *
 * <p>What arrives may arrive twice, and nothing that arrives decides anything: there is no link in
 * it, only what to type.
 */
@NullMarked
package dev.ephemeris.gateway.notify;

import org.jspecify.annotations.NullMarked;
