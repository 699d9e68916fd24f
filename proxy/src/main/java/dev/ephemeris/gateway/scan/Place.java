package dev.ephemeris.gateway.scan;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** A line and a column, from 1; columns are code points of UTF-8. */
record Place(long line, long column) {

  static final Place START = new Place(1, 1);

  private static final VarHandle EIGHT_BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final long LINE_ENDS = 0x0A0A0A0A0A0A0A0AL;
  private static final long LOW_BITS = 0x7F7F7F7F7F7F7F7FL;

  /** Where {@code to} is, if this is where {@code from} is. */
  Place after(byte[] bytes, int from, int to) {
    int start = to;
    while (start > from && bytes[start - 1] != '\n') {
      start--;
    }
    return start == from
        ? new Place(line, column + characters(bytes, from, to))
        : new Place(line + lineEnds(bytes, from, start), 1 + characters(bytes, start, to));
  }

  private static int characters(byte[] bytes, int from, int to) {
    int characters = 0;
    for (int i = from; i < to; i++) {
      if ((bytes[i] & 0xC0) != 0x80) {
        characters++;
      }
    }
    return characters;
  }

  /** Eight bytes at a time: every byte of a large file is counted. */
  private static int lineEnds(byte[] bytes, int from, int to) {
    int lineEnds = 0;
    int i = from;
    for (; i + Long.BYTES <= to; i += Long.BYTES) {
      // Of a byte that is a line's end all bits are zero here, and of no other.
      long rest = (long) EIGHT_BYTES.get(bytes, i) ^ LINE_ENDS;
      lineEnds += Long.bitCount(~(((rest & LOW_BITS) + LOW_BITS) | rest | LOW_BITS));
    }
    for (; i < to; i++) {
      if (bytes[i] == '\n') {
        lineEnds++;
      }
    }
    return lineEnds;
  }
}
