package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * What a log's files prove by themselves, to someone who trusts nothing but the log's key, and a
 * checkpoint of it that they kept.
 */
public sealed interface Verification {

  /**
   * The log is what its checkpoint says: each entry has its hash, each hash its place in the tree,
   * and the tree the root that was signed for.
   *
   * @param from the first entry that there is. Those before were removed; that there were as many,
   *     and which hashes they had, is still proven
   * @param beyond how many files there are that belong to no entry that was signed for: what a
   *     killed process left, or the rest of a log whose checkpoint was put back
   */
  record Intact(Checkpoint checkpoint, long from, Consistency consistency, int beyond)
      implements Verification {}

  /** An entry isn't the one that was signed for; those before it are. */
  record BadEntry(Checkpoint checkpoint, long index, String why) implements Verification {}

  /** A tile isn't that of the tree that was signed for; entries before it are as they were. */
  record BadTile(Checkpoint checkpoint, TilePath.Tile tile, String why) implements Verification {}

  /** What there is is signed for, and isn't what follows from the checkpoint that was kept. */
  record Inconsistent(Checkpoint checkpoint, Checkpoint kept, String why) implements Verification {}

  /** There is no checkpoint that one of the keys has signed, so that nothing is proven. */
  record Unsigned(String why) implements Verification {}

  /** Since when it is proven that nothing is missing. */
  sealed interface Consistency {

    /** Nothing that was there at this checkpoint was changed or taken away since. */
    record Since(Checkpoint kept) implements Consistency {}

    /** Nobody has kept one: whoever has the key could have made the log anew. */
    record Unproven() implements Consistency {}
  }

  /**
   * Verifies the log in that folder, also while its writer is at work. Reads all of it, once, in
   * constant memory.
   *
   * @param keys of the log, known from elsewhere
   * @param kept a checkpoint of it from earlier
   * @param entries are given the entries that there are, each after its hash was found to be right
   * @throws JournalException if a file can't be read; nothing is said about the log then
   */
  static Verification of(
      Path folder,
      Collection<VerifierKey> keys,
      Optional<Checkpoint> kept,
      LogReader.Consumer entries)
      throws JournalException {
    LogFiles files = new LogFiles(folder);
    Optional<byte[]> note = files.signedNote();
    if (note.isEmpty()) {
      return new Unsigned("there is no file " + files.checkpoint());
    }
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.open(note.get(), keys);
    } catch (CheckpointException e) {
      return new Unsigned("its checkpoint is of no use: " + e.getMessage());
    }
    return new Verifier(files, checkpoint, entries).verify(kept);
  }
}
