/**
 * The policy in force: read from its files with the catalog, and replaced while the gateway runs.
 *
 * <pre>{@code
 * PolicyFiles.read() ──► FilesAtOnce: what all of them say, and its digests; of a catalog that is
 *    Backstage's, its last answer
 *    load() ──► Loaded, or refused with every problem
 * Watch: looks again and again
 *    PolicyInForce: what is good is put on record, and decides from the next request on;
 *                   what is broken changes nothing, and is told
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.policy;

import org.jspecify.annotations.NullMarked;
