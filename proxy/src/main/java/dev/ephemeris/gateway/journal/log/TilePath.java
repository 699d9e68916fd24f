package dev.ephemeris.gateway.journal.log;

import java.util.Optional;

/**
 * Where C2SP's tlog-tiles has a tile of hashes or a bundle of entries, relative to the log's folder
 * or URL. Whatever has been parsed leads nowhere else.
 */
public sealed interface TilePath {

  /** How many hashes or entries are in one that is full. */
  int FULL = 256;

  /** The folder of them all. */
  String FOLDER = "tile";

  /** Its place among those of its kind and level, from 0. */
  long index();

  /** How many hashes or entries it has, 1 to {@link #FULL}. */
  int width();

  /** The same tile, once it is full. */
  TilePath full();

  /** Whether a log of that size has all that is in it. */
  boolean isWithin(long size);

  /**
   * Hashes of subtrees.
   *
   * @param level 0 for those of leaves; each level further spans 256 times as many
   */
  record Tile(int level, long index, int width) implements TilePath {

    /** tlog-tiles allows 63; a log of {@link Long#MAX_VALUE} entries has seven. */
    static final int MAX_LEVEL = 7;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if there can't be such a tile
     */
    public Tile {
      TilePathForm.check(index, width);
      if (level < 0 || level > MAX_LEVEL) {
        throw new IllegalArgumentException("no log has a tile of level " + level);
      }
    }

    /** How many hashes of a level a tree of that size has, in all its tiles. */
    static long hashes(int level, long size) {
      return level > MAX_LEVEL ? 0 : size >>> (Byte.SIZE * level);
    }

    /** The one that has the hash of that number, in a tree of that size. */
    static Tile of(int level, long hash, long size) {
      long index = hash / FULL;
      return new Tile(level, index, (int) Math.min(FULL, hashes(level, size) - index * FULL));
    }

    /** The last one of a level, in a tree of that size that has hashes of the level. */
    static Tile last(int level, long size) {
      return of(level, hashes(level, size) - 1, size);
    }

    /** The index of the first of the entries that one of its hashes is of. */
    long firstEntry(int hash) {
      return (index * FULL + hash) << (Byte.SIZE * level);
    }

    @Override
    public boolean isWithin(long size) {
      return index * FULL + width <= hashes(level, size);
    }

    @Override
    public Tile full() {
      return new Tile(level, index, FULL);
    }

    @Override
    public String toString() {
      return "tile/" + level + "/" + TilePathForm.coordinates(index, width);
    }
  }

  /** Entries. */
  record Bundle(long index, int width) implements TilePath {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if there can't be such a bundle
     */
    public Bundle {
      TilePathForm.check(index, width);
    }

    /** The one that has the entry of that index, in a log of that size. */
    static Bundle of(long entry, long size) {
      long index = entry / FULL;
      return new Bundle(index, (int) Math.min(FULL, size - index * FULL));
    }

    /** The last one, in a log of that size that has entries. */
    static Bundle last(long size) {
      return of(size - 1, size);
    }

    @Override
    public boolean isWithin(long size) {
      return index * FULL + width <= size;
    }

    @Override
    public Bundle full() {
      return new Bundle(index, FULL);
    }

    @Override
    public String toString() {
      return "tile/entries/" + TilePathForm.coordinates(index, width);
    }
  }

  /** Reads what {@code toString} writes; empty if it is anything else. */
  static Optional<TilePath> parse(String text) {
    return TilePathForm.parse(text);
  }
}
