package dev.ephemeris.gateway.journal.log;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Hashes side by side in a tree: what a tile has, and what is above them (RFC 6962 section 2.1).
 */
final class Hashes {

  private Hashes() {}

  /** The root of the tree of which these are all there is of one height. */
  static Hash root(List<Hash> hashes) {
    return switch (hashes.size()) {
      case 0 -> Hash.EMPTY;
      case 1 -> hashes.getFirst();
      default -> {
        int left = Math.toIntExact(split(hashes.size()));
        yield Hash.node(root(hashes.subList(0, left)), root(hashes.subList(left, hashes.size())));
      }
    };
  }

  /** RFC 6962 §2.1: how many of n, at least two, are in the left subtree. */
  static long split(long n) {
    return Long.highestOneBit(n - 1);
  }

  static byte[] bytes(List<Hash> hashes) {
    ByteArrayOutputStream tile = new ByteArrayOutputStream(hashes.size() * Hash.LENGTH);
    hashes.forEach(hash -> tile.writeBytes(hash.bytes()));
    return tile.toByteArray();
  }

  /** The hashes of a whole tile of that many; empty if this is none. */
  static Optional<List<Hash>> parse(byte[] tile, int width) {
    if (tile.length != width * Hash.LENGTH) {
      return Optional.empty();
    }
    List<Hash> hashes = new ArrayList<>(width);
    for (int offset = 0; offset < tile.length; offset += Hash.LENGTH) {
      hashes.add(Hash.at(tile, offset));
    }
    return Optional.of(hashes);
  }
}
