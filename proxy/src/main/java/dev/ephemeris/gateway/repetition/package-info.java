/**
 * What is asked for with a key of the asker's (draft-ietf-httpapi-idempotency-key-header), so that
 * asking again does nothing again, at whichever gateway.
 *
 * <pre>
 * Repetitions.begin(asked) ──► First(attempt) ──► attempt.isFirst, with what it makes
 *                                             ──► attempt.keep(outcome) | attempt.release()
 *                          ──► Answered(outcome) | Done(effect) | UnderWay | OtherRequest | …
 * </pre>
 */
@NullMarked
package dev.ephemeris.gateway.repetition;

import org.jspecify.annotations.NullMarked;
