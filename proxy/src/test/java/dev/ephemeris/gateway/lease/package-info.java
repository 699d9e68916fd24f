@NullMarked
package dev.ephemeris.gateway.lease;

import org.jspecify.annotations.NullMarked;
