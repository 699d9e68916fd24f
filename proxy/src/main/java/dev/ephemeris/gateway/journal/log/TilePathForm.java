package dev.ephemeris.gateway.journal.log;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How C2SP's tlog-tiles writes the path of a tile. */
final class TilePathForm {

  // Of the last tile of level 0, in a log of Long.MAX_VALUE entries.
  private static final long MAX_INDEX = Long.MAX_VALUE / TilePath.FULL;

  private static final Pattern FORM =
      Pattern.compile(
          "tile/(?:entries|(?<level>[0-7]))/(?<index>(?:x[0-9]{3}/){0,5}[0-9]{3})"
              + "(?:\\.p/(?<width>[1-9][0-9]{0,2}))?");

  private TilePathForm() {}

  static Optional<TilePath> parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long index = Long.parseLong(parts.group("index").replace("x", "").replace("/", ""));
    int width =
        Optional.ofNullable(parts.group("width")).map(Integer::parseInt).orElse(TilePath.FULL);
    if (index > MAX_INDEX || width > TilePath.FULL) {
      return Optional.empty();
    }
    TilePath path =
        Optional.ofNullable(parts.group("level"))
            .<TilePath>map(level -> new TilePath.Tile(Integer.parseInt(level), index, width))
            .orElseGet(() -> new TilePath.Bundle(index, width));
    // One form for each: no index has groups of zeros before it, and no full tile a width.
    return Optional.of(path).filter(read -> read.toString().equals(text));
  }

  /**
   * Whether there can be such a tile.
   *
   * @throws IllegalArgumentException if not
   */
  static void check(long index, int width) {
    if (index < 0 || index > MAX_INDEX || width < 1 || width > TilePath.FULL) {
      throw new IllegalArgumentException("no log has a tile " + index + " of width " + width);
    }
  }

  /** What comes after the kind or level. */
  static String coordinates(long index, int width) {
    StringBuilder path = new StringBuilder(threeDigits(index));
    for (long rest = index / 1000; rest > 0; rest /= 1000) {
      path.insert(0, "x" + threeDigits(rest) + "/");
    }
    return width == TilePath.FULL ? path.toString() : path + ".p/" + width;
  }

  private static String threeDigits(long number) {
    return Long.toString(1000 + number % 1000).substring(1);
  }
}
