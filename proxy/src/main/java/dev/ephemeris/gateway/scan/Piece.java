package dev.ephemeris.gateway.scan;

import dev.ephemeris.gateway.credential.Ascii;
import dev.ephemeris.gateway.credential.Unescaped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The part of a text that is in memory: the first {@code length} of these bytes. */
@SuppressWarnings("ArrayRecordComponent") // Not compared.
record Piece(byte[] bytes, int length) {

  /** Whether the text may go on. */
  boolean isFull() {
    return length == bytes.length;
  }

  /** Whether this word is at {@code at}, in whatever case; the word is in lower case. */
  boolean has(String word, int at) {
    if (at < 0 || at + word.length() > length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (Ascii.lower(bytes[at + i]) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The same, right before {@code end}. */
  boolean endsWith(String word, int end) {
    return has(word, end - word.length());
  }

  /** Whether one of these words is between {@code from} and {@code to}, as it stands there. */
  boolean hasAny(List<String> words, int from, int to) {
    int first = Math.max(0, from);
    String text =
        new String(bytes, first, Math.min(length, to) - first, StandardCharsets.ISO_8859_1)
            .toLowerCase(Locale.ROOT);
    return words.stream().anyMatch(text::contains);
  }

  /** From {@code from} to {@code to}, as far as that is in the piece. */
  Unescaped text(int from, int to) {
    return Unescaped.of(bytes, Math.max(0, from), Math.min(length, to));
  }

  /** Where the line of {@code at} begins, looking back over no more than {@code most} bytes. */
  int lineStart(int at, int most) {
    int start = at;
    while (start > 0 && at - start < most && bytes[start - 1] != '\n') {
      start--;
    }
    return start;
  }

  /** Where the line of {@code at} ends, looking over no more than {@code most} bytes. */
  int lineEnd(int at, int most) {
    int end = at;
    while (end < length && end - at < most && bytes[end] != '\n') {
      end++;
    }
    return end;
  }
}
