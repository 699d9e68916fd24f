package dev.ephemeris.cosmos;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A reader of paths as forgiving as the worst server on the way could be: it decodes twice, takes
 * backslashes for slashes, drops parameters, empty segments and what follows a NUL, resolves dots,
 * and doesn't mind the case of literals.
 */
final class LenientReader {

  private static final Pattern PARAMETERS = Pattern.compile(";[^/]*");
  private static final Pattern SLASHES = Pattern.compile("[/\\\\]");
  private static final Pattern END = Pattern.compile("[?#\0]");

  private LenientReader() {}

  static List<String> segments(String target) {
    String path = decode(decode(PARAMETERS.matcher(target).replaceAll("")));
    List<String> segments = new ArrayList<>();
    for (String segment : SLASHES.split(END.split(path, 2)[0], -1)) {
      switch (segment) {
        case "", "." -> {}
        case ".." -> {
          if (!segments.isEmpty()) {
            segments.removeLast();
          }
        }
        default -> segments.add(segment);
      }
    }
    for (int i = 0; i < segments.size(); i += 2) {
      segments.set(i, segments.get(i).toLowerCase(Locale.ROOT));
    }
    return segments;
  }

  /** Whether some decoder of Base64 takes the segment for the four bytes of a database's RID. */
  static boolean isDatabaseRid(String segment) {
    try {
      String compact = segment.replaceAll("\\s", "").replace('-', '/');
      return compact.length() % 4 == 0 && Base64.getDecoder().decode(compact).length == 4;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static String decode(String text) {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer out = ByteBuffer.allocate(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%'
          && i + 2 < in.length
          && HexFormat.isHexDigit(in[i + 1])
          && HexFormat.isHexDigit(in[i + 2])) {
        out.put(
            (byte) (HexFormat.fromHexDigit(in[i + 1]) << 4 | HexFormat.fromHexDigit(in[i + 2])));
        i += 2;
      } else {
        out.put(in[i]);
      }
    }
    return StandardCharsets.UTF_8.decode(out.flip()).toString();
  }
}
