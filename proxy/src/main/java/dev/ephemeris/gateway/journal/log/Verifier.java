package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.log.Verification.BadEntry;
import dev.ephemeris.gateway.journal.log.Verification.BadTile;
import dev.ephemeris.gateway.journal.log.Verification.Consistency;
import dev.ephemeris.gateway.journal.log.Verification.Inconsistent;
import dev.ephemeris.gateway.journal.log.Verification.Intact;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One look at all of a log: entry by entry, and tile by tile as they fill up. What a file says is
 * compared with what was computed from below; where the two differ, the way up to the signed root
 * tells which of them is right. Not thread-safe.
 */
final class Verifier {

  private final LogFiles files;
  private final Checkpoint checkpoint;
  private final long size;
  private final LogReader.Consumer consumer;

  /** By level: the hashes that were computed and don't fill a tile yet. */
  private final List<List<Hash>> computed = new ArrayList<>();

  /** The first entry that there is; the size until one was found. */
  private long from;

  Verifier(LogFiles files, Checkpoint checkpoint, LogReader.Consumer consumer) {
    this.files = files;
    this.checkpoint = checkpoint;
    this.size = checkpoint.size();
    this.consumer = consumer;
    this.from = size;
  }

  Verification verify(Optional<Checkpoint> kept) throws JournalException {
    if (kept.isPresent() && !kept.get().origin().equals(checkpoint.origin())) {
      return new Inconsistent(checkpoint, kept.get(), "it is of another log");
    }
    if (kept.isPresent() && kept.get().size() > size) {
      return new Inconsistent(
          checkpoint,
          kept.get(),
          "it has "
              + kept.get().size()
              + " entries, and the log has "
              + size
              + ": the others were taken away");
    }
    Optional<Verification> wrong = entries();
    if (wrong.isEmpty()) {
      wrong = rightEdge();
    }
    if (wrong.isEmpty()) {
      wrong = root(kept);
    }
    if (wrong.isEmpty() && kept.isPresent() && !holds(kept.get())) {
      wrong =
          Optional.of(
              new Inconsistent(
                  checkpoint,
                  kept.get(),
                  "the log's first "
                      + kept.get().size()
                      + " entries aren't those that there were: they were changed, and signed for"
                      + " again"));
    }
    if (wrong.isPresent()) {
      return wrong.get();
    }
    OtherFiles others = new OtherFiles(files, checkpoint);
    wrong = others.check();
    return wrong.orElseGet(
        () ->
            new Intact(
                checkpoint,
                from,
                kept.filter(some -> some.size() > 0) // every log goes on from nothing
                    .<Consistency>map(Consistency.Since::new)
                    .orElseGet(Consistency.Unproven::new),
                others.beyond()));
  }

  /** Bundle by bundle: every entry has the hash that the tile says. */
  private Optional<Verification> entries() throws JournalException {
    for (long begin = 0; begin < size; begin += TilePath.FULL) {
      TilePath.Tile tile = TilePath.Tile.of(0, begin, size);
      Optional<List<Hash>> hashes = files.hashes(tile);
      if (hashes.isEmpty()) {
        return Optional.of(noTile(tile));
      }
      Optional<Verification> wrong = bundle(begin, tile, hashes.get());
      for (int i = 0; i < tile.width() && wrong.isEmpty(); i++) {
        wrong = add(0, hashes.get().get(i), begin + i + 1);
      }
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }

  private Optional<Verification> bundle(long begin, TilePath.Tile tile, List<Hash> hashes)
      throws JournalException {
    TilePath.Bundle path = TilePath.Bundle.of(begin, size);
    Optional<EntryBundle> found = files.bundle(path);
    if (found.isEmpty()) {
      // Entries are removed from the front, by whole bundles.
      return from < size || path.width() < TilePath.FULL
          ? Optional.of(new BadEntry(checkpoint, begin, "its bundle " + path + " is gone"))
          : Optional.empty();
    }
    from = Math.min(from, begin);
    List<byte[]> entries = found.get().entries();
    List<Hash> leaves = entries.stream().map(Hash::leaf).toList();
    for (int i = 0; i < tile.width(); i++) {
      if (i == entries.size()) {
        return Optional.of(
            new BadEntry(checkpoint, begin + i, "the bundle " + path + " ends before it"));
      }
      if (!leaves.get(i).equals(hashes.get(i))) {
        return Optional.of(
            leaves.size() == hashes.size() && isSigned(tile, leaves)
                ? new BadTile(checkpoint, tile, "hash " + i + " isn't that of entry " + (begin + i))
                : new BadEntry(checkpoint, begin + i, "it hasn't the hash that was signed for"));
      }
      consumer.accept(begin + i, entries.get(i));
    }
    return found.get().isWhole(path.width())
        ? Optional.empty()
        : Optional.of(
            new BadEntry(
                checkpoint,
                begin + tile.width() - 1,
                "the bundle " + path + " goes on after it, with what is no entry"));
  }

  /** Takes a hash that follows from what is below; of a tile that fills up, the tile's too. */
  private Optional<Verification> add(int level, Hash hash, long entries) throws JournalException {
    if (computed.size() == level) {
      computed.add(new ArrayList<>());
    }
    List<Hash> hashes = computed.get(level);
    hashes.add(hash);
    if (hashes.size() < TilePath.FULL) {
      return Optional.empty();
    }
    Optional<Verification> wrong = compare(TilePath.Tile.last(level, entries), hashes);
    Hash root = Hashes.root(hashes);
    hashes.clear();
    return wrong.isPresent() ? wrong : add(level + 1, root, entries);
  }

  /** The tiles that aren't full. */
  private Optional<Verification> rightEdge() throws JournalException {
    for (int level = 0; level < computed.size(); level++) {
      if (!computed.get(level).isEmpty()) {
        Optional<Verification> wrong =
            compare(TilePath.Tile.last(level, size), computed.get(level));
        if (wrong.isPresent()) {
          return wrong;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Verification> compare(TilePath.Tile tile, List<Hash> hashes)
      throws JournalException {
    Optional<List<Hash>> found = files.hashes(tile);
    if (found.isEmpty()) {
      return Optional.of(noTile(tile));
    }
    for (int i = 0; i < tile.width(); i++) {
      if (!found.get().get(i).equals(hashes.get(i))) {
        long first = tile.firstEntry(i);
        return Optional.of(
            isSigned(tile, found.get())
                ? new BadEntry(
                    checkpoint,
                    first,
                    "it, or one of those that share its hash in "
                        + tile
                        + ", was changed with the"
                        + " tiles below")
                : new BadTile(checkpoint, tile, "hash " + i + " isn't that of the tile below it"));
      }
    }
    return Optional.empty();
  }

  /** Whether a tile would be right with these hashes: they lead up to the root. */
  private boolean isSigned(TilePath.Tile tile, List<Hash> hashes) throws JournalException {
    if (tile.width() == TilePath.FULL) {
      TilePath.Tile parent = TilePath.Tile.of(tile.level() + 1, tile.index(), size);
      Optional<List<Hash>> above = files.hashes(parent);
      return above.isPresent()
          && above.get().get((int) (tile.index() % TilePath.FULL)).equals(Hashes.root(hashes))
          && isSigned(parent, above.get());
    }
    List<List<Hash>> levels = new ArrayList<>();
    for (int level = 0; TilePath.Tile.hashes(level, size) > 0; level++) {
      TilePath.Tile last = TilePath.Tile.last(level, size);
      levels.add(
          last.equals(tile)
              ? hashes
              : last.width() == TilePath.FULL ? List.of() : files.hashes(last).orElse(List.of()));
    }
    return new RightEdge(size, levels, new byte[0]).root().equals(checkpoint.root());
  }

  /** All files agree with each other: so do they with the root, unless all of them were changed. */
  private Optional<Verification> root(Optional<Checkpoint> kept) throws JournalException {
    Hash root = new RightEdge(size, computed, new byte[0]).root();
    if (root.equals(checkpoint.root())) {
      return Optional.empty();
    }
    boolean since = kept.isPresent() && holds(kept.get());
    return Optional.of(
        new BadEntry(
            checkpoint,
            since ? kept.get().size() : 0,
            "it or one after it was changed, with every hash that follows from it: the tiles agree"
                + " with each other, and not with the root that was signed for"));
  }

  private boolean holds(Checkpoint kept) throws JournalException {
    return new Tree(files, size).root(kept.size()).equals(kept.root());
  }

  private BadTile noTile(TilePath.Tile tile) {
    return new BadTile(checkpoint, tile, "there is no such tile, or not of its length");
  }
}
