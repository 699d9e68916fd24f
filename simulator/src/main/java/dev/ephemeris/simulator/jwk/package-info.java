/** Keys that tokens are signed with. */
@NullMarked
package dev.ephemeris.simulator.jwk;

import org.jspecify.annotations.NullMarked;
