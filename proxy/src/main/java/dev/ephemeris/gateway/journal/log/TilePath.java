package dev.ephemeris.gateway.journal.log;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
      check(index, width);
      if (level < 0 || level > MAX_LEVEL) {
        throw new IllegalArgumentException("no log has a tile of level " + level);
      }
    }

    /** How many hashes of a level a tree of that size has, in all its tiles. */
    static long hashes(int level, long size) {
      return size >>> (Byte.SIZE * level);
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
      return "tile/" + level + "/" + coordinates(index, width);
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
      check(index, width);
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
      return "tile/entries/" + coordinates(index, width);
    }
  }

  /** Reads what {@code toString} writes; empty if it is anything else. */
  static Optional<TilePath> parse(String text) {
    Matcher parts = Form.TILE.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long index = Long.parseLong(parts.group("index").replace("x", "").replace("/", ""));
    int width = Optional.ofNullable(parts.group("width")).map(Integer::parseInt).orElse(FULL);
    if (index > Form.MAX_INDEX || width > FULL || (width == FULL && parts.group("width") != null)) {
      return Optional.empty();
    }
    TilePath path =
        parts.group("level") == null
            ? new Bundle(index, width)
            : new Tile(Integer.parseInt(parts.group("level")), index, width);
    // One form for each: no index has groups of zeros before it.
    return Optional.of(path).filter(p -> p.toString().equals(text));
  }

  private static void check(long index, int width) {
    if (index < 0 || index > Form.MAX_INDEX || width < 1 || width > FULL) {
      throw new IllegalArgumentException("no log has a tile " + index + " of width " + width);
    }
  }

  private static String coordinates(long index, int width) {
    StringBuilder path = new StringBuilder(threeDigits(index));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      path.insert(0, "x" + threeDigits(rest) + "/");
    }
    return width == FULL ? path.toString() : path + ".p/" + width;
  }

  private static String threeDigits(long number) {
    return Long.toString(1000 + number % 1000).substring(1);
  }

  /** How such a path is written. */
  final class Form {

    // Of the last tile of level 0, in a log of Long.MAX_VALUE entries.
    private static final long MAX_INDEX = Long.MAX_VALUE / FULL;

    private static final Pattern TILE =
        Pattern.compile(
            "tile/(?:entries|(?<level>[0-7]))/(?<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
                + "(?:\\.p/(?<width>[1-9][0-9]{0,2}))?");

    private Form() {}
  }
}
