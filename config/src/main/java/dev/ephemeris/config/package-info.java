/** The configuration as records. */
@NullMarked
package dev.ephemeris.config;

import org.jspecify.annotations.NullMarked;
