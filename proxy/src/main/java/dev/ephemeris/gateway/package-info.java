/** The gateway. */
@NullMarked
package dev.ephemeris.gateway;

import org.jspecify.annotations.NullMarked;
