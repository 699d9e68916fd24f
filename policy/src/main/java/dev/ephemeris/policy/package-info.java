/** Decisions. */
@NullMarked
package dev.ephemeris.policy;

import org.jspecify.annotations.NullMarked;
