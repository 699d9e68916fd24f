@NullMarked
package dev.ephemeris.gateway.dataplane;

import org.jspecify.annotations.NullMarked;
