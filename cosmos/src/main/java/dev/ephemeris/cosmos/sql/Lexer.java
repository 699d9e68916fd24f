package dev.ephemeris.cosmos.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Cuts a query's text into tokens; comments and white space fall away. */
final class Lexer {

  private static final Set<String> KEYWORDS =
      Set.of(
          "AND",
          "ARRAY",
          "AS",
          "ASC",
          "BETWEEN",
          "BY",
          "DESC",
          "DISTINCT",
          "ESCAPE",
          "EXISTS",
          "FALSE",
          "FROM",
          "GROUP",
          "IN",
          "JOIN",
          "LIKE",
          "LIMIT",
          "NOT",
          "NULL",
          "OFFSET",
          "OR",
          "ORDER",
          "SELECT",
          "TOP",
          "TRUE",
          "UDF",
          "UNDEFINED",
          "VALUE",
          "WHERE");

  /** Longest first, so that the first match is the right one. */
  private static final List<String> SIGNS =
      List.of(
          ">>>", "<<", ">>", "<=", ">=", "<>", "!=", "||", "??", "=", "<", ">", "+", "-", "*", "/",
          "%", "&", "|", "^", "~", "?", "(", ")", "[", "]", "{", "}", ",", ".", ":");

  private final String text;
  private final List<Token> tokens = new ArrayList<>();
  private int position;

  private Lexer(String text) {
    this.text = text;
  }

  /** The tokens of {@code text}, the last of which is {@link Token.Kind#END}. */
  static List<Token> tokens(String text) throws SyntaxException {
    Lexer lexer = new Lexer(text);
    while (lexer.skipBlanks()) {
      lexer.next();
    }
    lexer.add(Token.Kind.END, "", text.length());
    return List.copyOf(lexer.tokens);
  }

  private boolean skipBlanks() {
    while (position < text.length()) {
      if (text.startsWith("--", position)) {
        int line = text.indexOf('\n', position);
        position = line < 0 ? text.length() : line;
      } else if (isBlank(text.charAt(position))) {
        position++;
      } else {
        return true;
      }
    }
    return false;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private void next() throws SyntaxException {
    int start = position;
    char c = text.charAt(position);
    if (isLetter(c)) {
      String word = word();
      add(
          KEYWORDS.contains(word.toUpperCase(Locale.ROOT))
              ? Token.Kind.KEYWORD
              : Token.Kind.IDENTIFIER,
          word,
          start);
    } else if (c == '@' && isLetter(charAt(position + 1))) {
      position++;
      add(Token.Kind.PARAMETER, "@" + word(), start);
    } else if (isDigit(c) || (c == '.' && isDigit(charAt(position + 1)))) {
      number();
      add(Token.Kind.NUMBER, text.substring(start, position), start);
    } else if (c == '"' || c == '\'') {
      add(Token.Kind.STRING, string(c), start);
    } else {
      sign();
    }
  }

  private void sign() throws SyntaxException {
    for (String sign : SIGNS) {
      if (text.startsWith(sign, position)) {
        int start = position;
        position += sign.length();
        add(Token.Kind.SIGN, sign, start);
        return;
      }
    }
    String stray = Character.toString(text.codePointAt(position));
    throw error(position, position + stray.length(), stray);
  }

  private String word() {
    int start = position;
    while (isLetter(charAt(position)) || isDigit(charAt(position))) {
      position++;
    }
    return text.substring(start, position);
  }

  private void number() throws SyntaxException {
    int start = position;
    if (at('0') && (charAt(position + 1) == 'x' || charAt(position + 1) == 'X')) {
      hexadecimal(start);
      return;
    }
    digits();
    if (at('.')) {
      position++;
      digits();
    }
    if (at('e') || at('E')) {
      position++;
      if (at('+') || at('-')) {
        position++;
      }
      if (!digits()) {
        throw error(start, position, text.substring(start, position));
      }
    }
    if (isLetter(charAt(position))) {
      throw error(start, position + 1, text.substring(start, position + 1));
    }
  }

  private void hexadecimal(int start) throws SyntaxException {
    position += 2;
    int first = position;
    while (hexDigit(charAt(position)) >= 0) {
      position++;
    }
    if (position == first || isLetter(charAt(position))) {
      int end = Math.min(position + 1, text.length());
      throw error(start, end, text.substring(start, end));
    }
  }

  private boolean digits() {
    int start = position;
    while (isDigit(charAt(position))) {
      position++;
    }
    return position > start;
  }

  private boolean at(char c) {
    return charAt(position) == c;
  }

  /** The character there; after the end a NUL, which is part of nothing. */
  private char charAt(int index) {
    return index < text.length() ? text.charAt(index) : 0;
  }

  private String string(char quote) throws SyntaxException {
    int start = position++;
    StringBuilder value = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == quote) {
        return value.toString();
      }
      value.append(c == '\\' ? escape(start) : c);
    }
    throw error(start, position, Character.toString(quote));
  }

  private char escape(int stringStart) throws SyntaxException {
    int start = position - 1;
    if (position == text.length()) {
      throw error(stringStart, position, "\\");
    }
    char c = text.charAt(position++);
    return switch (c) {
      case '\'', '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode(start);
      default -> throw error(start, position, text.substring(start, position));
    };
  }

  private char unicode(int start) throws SyntaxException {
    int end = position + 4;
    int value = 0;
    for (; position < end; position++) {
      int digit = hexDigit(charAt(position));
      if (digit < 0) {
        throw error(start, position, text.substring(start, position));
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private static int hexDigit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void add(Token.Kind kind, String value, int start) {
    tokens.add(new Token(kind, value, new Span(start, position)));
  }

  private static SyntaxException error(int start, int end, String near) {
    return new SyntaxException(
        SyntaxError.near(new Token(Token.Kind.SIGN, near, new Span(start, end))));
  }
}
