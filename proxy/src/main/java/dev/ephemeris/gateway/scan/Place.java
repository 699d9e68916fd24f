package dev.ephemeris.gateway.scan;

/** A line and a column, from 1; columns are code points of UTF-8. */
record Place(long line, long column) {

  static final Place START = new Place(1, 1);

  /** Where {@code to} is, if this is where {@code from} is. */
  Place after(byte[] bytes, int from, int to) {
    long lines = line;
    long columns = column;
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        lines++;
        columns = 1;
      } else if ((bytes[i] & 0xC0) != 0x80) {
        columns++;
      }
    }
    return new Place(lines, columns);
  }
}
