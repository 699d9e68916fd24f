/**
 * The database of sessions and leases: one SQL schema, migrated at start, never touched from an
 * event loop. What the rows mean is known to {@code identity} and {@code lease} alone.
 */
@NullMarked
package dev.ephemeris.gateway.store;

import org.jspecify.annotations.NullMarked;
