/**
 * Entries in the order in which they were sealed, as a log that anybody can verify: an RFC 6962
 * Merkle tree in the files of C2SP's tlog-tiles, with signed checkpoints.
 *
 * <pre>{@code
 * TiledLog log = TiledLog.open(folder, key);           // one writer
 * Checkpoint checkpoint = log.seal(entries);           // on disk, and signed for
 * …
 * LogReader reader = new LogReader(folder);            // as many as there may be, at any time
 * reader.forEach(0, reader.size(), (index, entry) -> …);
 * …
 * Verification.of(folder, keys, kept, (index, entry) -> …);   // trusts the keys and what was kept
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.journal.log;

import org.jspecify.annotations.NullMarked;
