package dev.ephemeris.gateway.journal.log;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is needed of a tree to add to it: of each level the hashes that don't fill a tile yet, and
 * the entries that don't fill a bundle. Pure; not thread-safe.
 *
 * <p>The tree's root follows from it, and so does the next tree, however long the log is.
 */
final class RightEdge {

  /** The tree has this many leaves. */
  private long size;

  /** By level: fewer hashes than a tile has. */
  private final List<List<Hash>> levels = new ArrayList<>();

  /** The entries of the last hashes of level 0, as their bundle has them. */
  private final ByteArrayOutputStream bundle = new ByteArrayOutputStream();

  /** The edge of a tree without leaves. */
  RightEdge() {}

  /**
   * The edge of a tree that there is.
   *
   * @param levels of each the hashes of its last tile, if that is partial
   * @param bundle the entries of those of level 0
   */
  RightEdge(long size, List<List<Hash>> levels, byte[] bundle) {
    this.size = size;
    levels.forEach(level -> this.levels.add(new ArrayList<>(level)));
    this.bundle.writeBytes(bundle);
  }

  long size() {
    return size;
  }

  /** The root of the tree. */
  Hash root() {
    // RFC 6962 §2.1: each subtree, from right to left, is the left one of all that comes after it.
    Optional<Hash> after = Optional.empty();
    for (List<Hash> level : levels) {
      for (int end = level.size(); end > 0; end -= Integer.lowestOneBit(end)) {
        Hash subtree = Hashes.root(level.subList(end - Integer.lowestOneBit(end), end));
        after = Optional.of(after.map(right -> Hash.node(subtree, right)).orElse(subtree));
      }
    }
    return after.orElse(Hash.EMPTY);
  }

  /**
   * Adds entries as the next leaves.
   *
   * @return the tiles and bundles that the tree has now and hadn't before, each after those that it
   *     follows from
   * @throws IllegalArgumentException if one is longer than a bundle can hold; then it is undefined
   *     what has been added
   */
  List<Resource> append(List<byte[]> entries) {
    List<Resource> made = new ArrayList<>();
    long before = size;
    for (byte[] entry : entries) {
      EntryBundle.write(entry, bundle);
      size++;
      if (size % TilePath.FULL == 0) {
        made.add(new Resource(TilePath.Bundle.last(size), bundle.toByteArray()));
        bundle.reset();
      }
      add(0, Hash.leaf(entry), made);
    }
    if (size != before && size % TilePath.FULL != 0) {
      made.add(new Resource(TilePath.Bundle.last(size), bundle.toByteArray()));
    }
    for (int level = 0; level < levels.size(); level++) {
      List<Hash> tile = levels.get(level);
      boolean changed = TilePath.Tile.hashes(level, size) != TilePath.Tile.hashes(level, before);
      if (changed && !tile.isEmpty()) {
        made.add(new Resource(TilePath.Tile.last(level, size), Hashes.bytes(tile)));
      }
    }
    return made;
  }

  private void add(int level, Hash hash, List<Resource> made) {
    if (levels.size() == level) {
      levels.add(new ArrayList<>());
    }
    List<Hash> tile = levels.get(level);
    tile.add(hash);
    if (tile.size() == TilePath.FULL) {
      made.add(new Resource(TilePath.Tile.last(level, size), Hashes.bytes(tile)));
      Hash root = Hashes.root(tile);
      tile.clear();
      add(level + 1, root, made);
    }
  }
}
