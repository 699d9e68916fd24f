/** Looking at what changes without telling. */
@NullMarked
package dev.ephemeris.gateway.watch;

import org.jspecify.annotations.NullMarked;
