@NullMarked
package dev.ephemeris.gateway.scan;

import org.jspecify.annotations.NullMarked;
