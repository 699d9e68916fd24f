/** The outside world, embedded. */
@NullMarked
package dev.ephemeris.simulator;

import org.jspecify.annotations.NullMarked;
