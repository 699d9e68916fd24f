/** The {@code ephemeris} command. */
@NullMarked
package dev.ephemeris.gateway.cli;

import org.jspecify.annotations.NullMarked;
