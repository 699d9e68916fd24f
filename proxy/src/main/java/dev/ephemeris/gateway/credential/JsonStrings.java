package dev.ephemeris.gateway.credential;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Where strings stand in JSON, names and values, whatever else there is: one text as RFC 8259 has
 * it, in UTF-8 and of any depth. One reader for one text.
 */
final class JsonStrings {

  /** Is told of one string after the other. */
  interface Each {
    /** It stands from {@code from} to {@code to}, without its quotes. */
    void string(int from, int to);
  }

  private final byte[] json;
  private final Each each;

  /** Which of the things that have begun and not ended are objects, the outermost first. */
  private final BitSet objects = new BitSet();

  private int depth;
  private int at;

  private JsonStrings(byte[] json, Each each) {
    this.json = json;
    this.each = each;
  }

  /** Reads to the end; false if this isn't JSON, of which some strings may have been told then. */
  static boolean read(byte[] json, Each each) {
    return new JsonStrings(json, each).whole();
  }

  private boolean whole() {
    do {
      if (!value()) {
        return false;
      }
      // After a value: what it is in ends, or goes on.
      space();
      while (depth > 0 && is(objects.get(depth - 1) ? '}' : ']')) {
        depth--;
        space();
      }
    } while (depth > 0 && is(',') && name());
    return depth == 0 && at == json.length;
  }

  /** A value, or as much of one as there is before the first that is in it. */
  private boolean value() {
    while (true) {
      space();
      if (is('{')) {
        objects.set(depth++);
        space();
        if (is('}')) {
          depth--;
          return true;
        }
        if (!name()) {
          return false;
        }
      } else if (is('[')) {
        objects.clear(depth++);
        space();
        if (is(']')) {
          depth--;
          return true;
        }
      } else {
        return is('"') ? string() : isWord("true") || isWord("false") || isWord("null") || number();
      }
    }
  }

  /** In an object the name of the next value; in an array there is none. */
  private boolean name() {
    if (!objects.get(depth - 1)) {
      return true;
    }
    space();
    if (!is('"') || !string()) {
      return false;
    }
    space();
    return is(':');
  }

  private boolean string() {
    int from = at;
    boolean ascii = true;
    while (at < json.length && json[at] != '"') {
      byte b = json[at];
      if (b >= 0 && b < ' ') {
        return false;
      }
      ascii &= b >= 0;
      at++;
      if (b == '\\' && !escape()) {
        return false;
      }
    }
    int to = at;
    if (!is('"') || !(ascii || isUtf8(from, to))) {
      return false;
    }
    each.string(from, to);
    return true;
  }

  private boolean escape() {
    if (at < json.length && "\"\\/bfnrt".indexOf(json[at]) >= 0) {
      at++;
      return true;
    }
    if (!is('u')) {
      return false;
    }
    int end = at + 4;
    while (at < end && at < json.length && Character.digit((char) json[at], 16) >= 0) {
      at++;
    }
    return at == end;
  }

  private boolean isUtf8(int from, int to) {
    try {
      var unused =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json, from, to - from));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private boolean number() {
    is('-');
    if (!is('0') && !digits()) {
      return false;
    }
    if (is('.') && !digits()) {
      return false;
    }
    if (is('e') || is('E')) {
      boolean unused = is('+') || is('-');
      return digits();
    }
    return true;
  }

  private boolean digits() {
    int from = at;
    while (at < json.length && Ascii.isDigit(json[at])) {
      at++;
    }
    return at > from;
  }

  private boolean isWord(String word) {
    int from = at;
    for (int i = 0; i < word.length(); i++) {
      if (!is(word.charAt(i))) {
        at = from;
        return false;
      }
    }
    return true;
  }

  private void space() {
    while (at < json.length && " \t\n\r".indexOf(json[at]) >= 0) {
      at++;
    }
  }

  /** Goes past this character, if it is the next. */
  private boolean is(char c) {
    if (at < json.length && json[at] == c) {
      at++;
      return true;
    }
    return false;
  }
}
