/** The demo. */
@NullMarked
package dev.ephemeris.demo;

import org.jspecify.annotations.NullMarked;
