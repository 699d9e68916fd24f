@NullMarked
package dev.ephemeris.gateway.identity;

import org.jspecify.annotations.NullMarked;
