/**
 * The gateway as a whole. {@link dev.ephemeris.gateway.GatewayFixture} is a running one with the
 * world around it; the tests of a part are in the part's package.
 */
@NullMarked
package dev.ephemeris.gateway;

import org.jspecify.annotations.NullMarked;
