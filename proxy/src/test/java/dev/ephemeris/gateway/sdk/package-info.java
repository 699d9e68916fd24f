/**
 * The public SDKs, Java's and JavaScript's, against an account directly and through the gateway:
 * what works without Ephemeris works with it, with equal results; what policy denies, doesn't.
 *
 * <p>{@code operations.csv} says which operations there are, by which SDK, on which way, and what
 * comes of them. A row without a case fails, and so does a case without a row. What the gateway
 * doesn't carry is in there too, as the refusal that it gives.
 *
 * <p>A case is in a class of its concept here, {@code ItemCases} for one, and in {@code cases} of
 * the folder {@code js} for JavaScript. A query that is no more than its text is a line of {@code
 * queries.csv}, which makes it a case of both. Where both SDKs have a case, directly, their answers
 * must be equal.
 */
@NullMarked
package dev.ephemeris.gateway.sdk;

import org.jspecify.annotations.NullMarked;
