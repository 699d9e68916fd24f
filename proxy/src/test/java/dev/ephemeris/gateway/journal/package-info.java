@NullMarked
package dev.ephemeris.gateway.journal;

import org.jspecify.annotations.NullMarked;
