/**
 * Who had access to what, who used it and who gave it, from the journal.
 *
 * <pre>{@code
 * EvidenceIndex index = EvidenceIndex.open(folder.resolve("index.db"), entries);
 * index.follow();                                   // takes up what is sealed, as it is sealed
 * index.search(query, Page.first(100));             // entries, by person, scope, action, time, …
 * index.session(id);                                // all of a session, in order
 * AccessReview.of(standing, index.uses());          // who has what now, and when it was last used
 * Report.of(Framework.SOC2, index, …);              // for an auditor, with what proves each figure
 * }</pre>
 *
 * <p>The index is made of the journal and can be made again at any time: it finds entries, and what
 * they say is read from the log. It knows nobody: who is in a group, and what the policy gives, it
 * is told.
 */
@NullMarked
package dev.ephemeris.gateway.journal.evidence;

import org.jspecify.annotations.NullMarked;
