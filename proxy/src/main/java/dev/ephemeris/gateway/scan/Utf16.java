package dev.ephemeris.gateway.scan;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;

/**
 * UTF-16 as a byte for each code unit, which is the character if it is one of ASCII: all that is
 * looked for is. Others are as UTF-8 would have them where columns are counted, and nowhere else.
 */
final class Utf16 extends InputStream {

  private static final int BEGINS_CHARACTER = 0xC2;
  private static final int CONTINUES_CHARACTER = 0x80;

  private final InputStream in;
  private final ByteOrder order;

  Utf16(InputStream in, ByteOrder order) {
    this.in = in;
    this.order = order;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    byte[] units = in.readNBytes(2 * length);
    int count = units.length / 2;
    for (int i = 0; i < count; i++) {
      int first = units[2 * i] & 0xFF;
      int second = units[2 * i + 1] & 0xFF;
      char unit =
          (char) (order == ByteOrder.BIG_ENDIAN ? first << 8 | second : second << 8 | first);
      int character = Character.isLowSurrogate(unit) ? CONTINUES_CHARACTER : BEGINS_CHARACTER;
      to[offset + i] = (byte) (unit < 0x80 ? unit : character);
    }
    return count == 0 && length > 0 ? -1 : count;
  }
}
