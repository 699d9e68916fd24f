@NullMarked
package dev.ephemeris.gateway.credential;

import org.jspecify.annotations.NullMarked;
