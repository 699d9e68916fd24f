package dev.ephemeris.gateway.journal.log;

import dev.ephemeris.gateway.journal.JournalException;
import java.util.ArrayList;
import java.util.List;

/** The Merkle tree of a log's first entries, as its tiles have it. */
final class Tree {

  /** Of a power of 256 as a height: one level of tiles further. */
  private static final int LEVEL_HEIGHT = 8;

  private final LogFiles files;
  private final long size;

  /**
   * @param size of the log whose tiles these are
   */
  Tree(LogFiles files, long size) {
    this.files = files;
    this.size = size;
  }

  /**
   * The root of the tree when it had that many leaves.
   *
   * @throws JournalException if a tile isn't there
   */
  Hash root(long before) throws JournalException {
    return before == 0 ? Hash.EMPTY : hash(0, before);
  }

  /**
   * RFC 6962 §2.1.1: what has to be hashed with the leaf of that index to come to the root, from
   * the leaf on.
   *
   * @throws JournalException if a tile isn't there
   */
  List<Hash> path(long index) throws JournalException {
    List<Hash> path = new ArrayList<>();
    long from = 0;
    long to = size;
    while (to - from > 1) {
      long middle = from + Hashes.split(to - from);
      if (index < middle) {
        path.addFirst(hash(middle, to));
        to = middle;
      } else {
        path.addFirst(hash(from, middle));
        from = middle;
      }
    }
    return path;
  }

  /** Of the leaves in that range, which is a subtree, whole or at the right edge. */
  private Hash hash(long from, long to) throws JournalException {
    long leaves = to - from;
    if (Long.bitCount(leaves) == 1) {
      return perfect(from, Long.numberOfTrailingZeros(leaves));
    }
    long middle = from + Hashes.split(leaves);
    return Hash.node(hash(from, middle), hash(middle, to));
  }

  private Hash perfect(long from, int height) throws JournalException {
    int level = height / LEVEL_HEIGHT;
    long first = from >>> (LEVEL_HEIGHT * level);
    TilePath.Tile tile = TilePath.Tile.of(level, first, size);
    List<Hash> hashes =
        files
            .hashes(tile)
            .orElseThrow(
                () -> new JournalException("The journal's " + files.file(tile) + " is no tile."));
    int offset = (int) (first % TilePath.FULL);
    return Hashes.root(hashes.subList(offset, offset + (1 << (height % LEVEL_HEIGHT))));
  }
}
