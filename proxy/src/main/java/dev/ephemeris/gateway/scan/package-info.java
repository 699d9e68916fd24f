/**
 * Where keys of Cosmos DB accounts lie about: in source, settings, pipelines.
 *
 * <pre>{@code
 * files and folders ─► KeyScan ─► TextScan, piece by piece ─► Anchors: pairs of bytes that are rare
 *                                                                │ what stands around one
 *                                     Report ◄── Finding ◄── KeyRule, TokenRule, WrappedRule, Calls
 * }</pre>
 *
 * <p>Texts are foreign, and of any size: each byte is looked at once, what stands around an anchor
 * is of a bounded length, and regular expressions are RE2's. A finding holds no secret.
 */
@NullMarked
package dev.ephemeris.gateway.scan;

import org.jspecify.annotations.NullMarked;
