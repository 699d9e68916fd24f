package dev.ephemeris.policy.azure;

import java.util.ArrayList;
import java.util.List;

/**
 * A file as the reader of its language takes it apart, by that language's specification and none of
 * our code: the strings by what they mean, and the rest, where each string is only a mark.
 *
 * @param code without comments; an expression within a string stands in it
 */
record Written(String code, List<String> strings) {

  static Written read(ExportFormat format, String text) {
    return switch (format) {
      case BICEP -> read(text, '\'', "//", "$");
      case TERRAFORM -> read(text, '"', "#", "$%");
      case JSON -> read(text, '"', "no comments", "");
      case AZ -> shell(text);
    };
  }

  private static Written read(String text, char quote, String comment, String opening) {
    StringBuilder code = new StringBuilder();
    List<String> strings = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      if (text.startsWith(comment, i)) {
        while (i < text.length() && text.charAt(i) != '\n' && text.charAt(i) != '\r') {
          i++;
        }
      } else if (text.charAt(i) != quote) {
        code.append(text.charAt(i++));
      } else {
        StringBuilder string = new StringBuilder();
        i++;
        while (text.charAt(i) != quote) {
          char c = text.charAt(i);
          if (c < ' ') {
            throw new IllegalStateException("a control character in a string");
          } else if (c == '\\') {
            i = escape(text, i + 1, string);
          } else if (opening.indexOf(c) >= 0 && text.charAt(i + 1) == '{') {
            int end = text.indexOf('}', i);
            code.append(text, i, end + 1);
            i = end + 1;
          } else {
            string.append(c);
            i++;
          }
        }
        i++;
        code.append("STRING");
        strings.add(string.toString());
      }
    }
    return new Written(code.toString(), strings);
  }

  /** Reads on after a backslash. */
  private static int escape(String text, int i, StringBuilder string) {
    char c = text.charAt(i);
    if (c == 'u' && text.charAt(i + 1) == '{') {
      int end = text.indexOf('}', i);
      string.appendCodePoint(Integer.parseInt(text.substring(i + 2, end), 16));
      return end + 1;
    }
    if (c == 'u' || c == 'U') {
      int end = i + 1 + (c == 'u' ? 4 : 8);
      string.appendCodePoint(Integer.parseInt(text.substring(i + 1, end), 16));
      return end;
    }
    if ("'\"\\".indexOf(c) < 0) {
      throw new IllegalStateException("an escape that is none: \\" + c);
    }
    string.append(c);
    return i + 1;
  }

  /** Words in single quotes, in which nothing is special; a quote between two of them by \'. */
  private static Written shell(String text) {
    StringBuilder code = new StringBuilder();
    List<String> strings = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      if (text.startsWith("\n#", i)) {
        i = text.indexOf('\n', i + 1);
      } else if (text.charAt(i) != '\'') {
        code.append(text.charAt(i++));
      } else {
        StringBuilder string = new StringBuilder();
        int end = text.indexOf('\'', i + 1);
        string.append(text, i + 1, end);
        while (text.startsWith("\\''", end + 1)) {
          int next = text.indexOf('\'', end + 4);
          string.append('\'').append(text, end + 4, next);
          end = next;
        }
        i = end + 1;
        code.append("STRING");
        strings.add(string.toString());
      }
    }
    return new Written(code.toString(), strings);
  }
}
