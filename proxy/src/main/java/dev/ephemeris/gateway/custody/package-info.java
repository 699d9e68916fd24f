/**
 * The secrets that the gateway holds, in memory only: read from files that only it can read, or
 * given to it by Entra ID for as long as an access token lasts.
 */
@NullMarked
package dev.ephemeris.gateway.custody;

import org.jspecify.annotations.NullMarked;
