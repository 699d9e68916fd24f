package dev.ephemeris.gateway.credential;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What a string of JSON says. What isn't ASCII is no part of what is looked for, so that it is some
 * character beyond it.
 *
 * @param origins where each character begins among the bytes, and where the last one ends
 */
@SuppressWarnings("ArrayRecordComponent") // Not compared.
record Text(byte[] characters, int[] origins) {

  private static final byte BEYOND_ASCII = (byte) 0xFF;

  private static final List<Form> FORMS =
      List.of(
          new RandomKeys(),
          new NamedSecrets(),
          new ResourceTokens(),
          new PrefixedTokens(),
          new Jwts(),
          new PrivateKeys(),
          new AuthorizationHeaders(),
          new UrlPasswords());

  /** In bytes. Nothing that is looked for is shorter: {@code ;pwd=b}. */
  static final int SHORTEST = 6;

  /** The text of these bytes, which are what stands between two quotes in JSON. */
  static Text of(byte[] json, int from, int to) {
    byte[] characters = new byte[to - from];
    int[] origins = new int[to - from + 1];
    int length = 0;
    int at = from;
    while (at < to) {
      origins[length] = at;
      if (json[at] != '\\') {
        characters[length] = json[at];
        at++;
      } else {
        characters[length] = escaped(json, at);
        at += json[at + 1] == 'u' ? 6 : 2;
      }
      length++;
    }
    origins[length] = to;
    return new Text(Arrays.copyOf(characters, length), origins);
  }

  private static byte escaped(byte[] json, int at) {
    return switch (json[at + 1]) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = Integer.parseInt(new String(json, at + 2, 4, StandardCharsets.ISO_8859_1), 16);
        yield code < 0x80 ? (byte) code : BEYOND_ASCII;
      }
      default -> json[at + 1];
    };
  }

  /**
   * Where credentials stand among the bytes: in the text as it is, and in what it says to whoever
   * reads it as JSON, a URL or XML in its turn.
   */
  Sightings sightings() {
    Sightings seen = new Sightings();
    seen.addAll(look(text()), at -> origins[at]);
    if (mayBeEscaped()) {
      Unescaped inner = Unescaped.of(characters, 0, characters.length);
      int end = inner.text().length();
      seen.addAll(
          look(inner.text()), at -> origins[at == end ? characters.length : inner.origins()[at]]);
    }
    return seen;
  }

  /** Where one stands that is one by the name that the text has in its object. */
  Sightings sightings(Text name) {
    Sightings seen = new Sightings();
    Sightings named = new Sightings();
    NamedSecrets.look(name.text(), text(), named);
    seen.addAll(named, at -> origins[at]);
    return seen;
  }

  String text() {
    return new String(characters, StandardCharsets.ISO_8859_1);
  }

  private boolean mayBeEscaped() {
    for (byte each : characters) {
      if (each == '\\' || each == '%' || each == '&') {
        return true;
      }
    }
    return false;
  }

  private static Sightings look(String text) {
    Sightings seen = new Sightings();
    for (Form form : FORMS) {
      form.look(text, seen);
    }
    return seen;
  }
}
