/** The management port: whether the gateway lives, and whether it can take requests. */
@NullMarked
package dev.ephemeris.gateway.management;

import org.jspecify.annotations.NullMarked;
