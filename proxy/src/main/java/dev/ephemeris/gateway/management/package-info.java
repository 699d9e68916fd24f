/** The management port: whether the gateway lives and can take requests, and what it counted. */
@NullMarked
package dev.ephemeris.gateway.management;

import org.jspecify.annotations.NullMarked;
