/** The secrets that the gateway holds: read from files that only it can read, kept in memory. */
@NullMarked
package dev.ephemeris.gateway.custody;

import org.jspecify.annotations.NullMarked;
