/**
 * The append-only record of who was let in, what they were given, what they did and what was
 * refused.
 *
 * <pre>{@code
 * journal.append(new RequestIntent(…));   // before the request goes upstream, or it doesn't go
 * …
 * journal.append(new RequestOutcome(…));  // what became of it
 * }</pre>
 *
 * <p>Records are data ({@link dev.ephemeris.gateway.journal.JournalRecord}); where they are kept is
 * behind {@link dev.ephemeris.gateway.journal.Journal}.
 *
 * <pre>{@code
 * Journal.append ──► folder/ (segments, sealed into) ──► log/ (tiles, checkpoints) ──► evidence/ (index, reports)
 *                                                                               └────► sink/ (shipped elsewhere)
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.journal;

import org.jspecify.annotations.NullMarked;
