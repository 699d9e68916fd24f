/**
 * The public SDKs, Java's and JavaScript's, against an account directly and through the gateway:
 * what works without Ephemeris works with it, with equal results; what policy denies, doesn't.
 *
 * <p>{@code operations.csv} says which operations there are, by which SDK, on which way, and what
 * comes of them. A row without a case fails, and so does a case without a row.
 */
@NullMarked
package dev.ephemeris.gateway.sdk;

import org.jspecify.annotations.NullMarked;
