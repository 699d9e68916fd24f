/**
 * What credentials look like in text, and JSON without them. Pure.
 *
 * <pre>{@code
 * JSON, byte by byte ─► JsonStrings ─► Text: as it is meant, and where that stands
 *                                        │ each Form looks through it once
 *                  Withheld ◄── Sightings of a Kind
 * }</pre>
 *
 * <p>Texts are foreign, and of any size: a form takes time in proportion to their length, whatever
 * is in them. A sighting is a place, and nothing here repeats what stands there.
 */
@NullMarked
package dev.ephemeris.gateway.credential;

import org.jspecify.annotations.NullMarked;
