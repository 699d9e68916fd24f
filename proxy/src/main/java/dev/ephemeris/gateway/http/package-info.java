/** What others answer to the gateway's own requests: never longer than it cares to read. */
@NullMarked
package dev.ephemeris.gateway.http;

import org.jspecify.annotations.NullMarked;
