/**
 * A journal in a folder: appended to without waiting, sealed into a log, read by whoever has the
 * folder.
 *
 * <pre>{@code
 * FolderJournal.append ──► Segment (memory-mapped) ──► Sealing ──► TiledLog
 *                                  └──────────── JournalReader ────────┘
 * }</pre>
 *
 * <p>{@link dev.ephemeris.gateway.journal.folder.FolderJournal} says what survives what.
 */
@NullMarked
package dev.ephemeris.gateway.journal.folder;

import org.jspecify.annotations.NullMarked;
