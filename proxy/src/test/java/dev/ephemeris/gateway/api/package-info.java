@NullMarked
package dev.ephemeris.gateway.api;

import org.jspecify.annotations.NullMarked;
