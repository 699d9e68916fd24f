package dev.ephemeris.gateway.template;

import java.util.List;

/** The parts of a text, taken one after the other. Confined to one thread. */
final class Tokens {
  private final List<Token> tokens;
  private int position;

  Tokens(Language language, String text) {
    this.tokens = Lexer.tokens(language, text);
  }

  Token peek() {
    return tokens.get(position);
  }

  boolean isAt(char sign) {
    return peek().equals(new Token.Sign(sign));
  }

  boolean isAtEnd() {
    return peek() instanceof Token.End;
  }

  /** Takes the sign, if it is next. */
  boolean took(char sign) {
    boolean is = isAt(sign);
    position += is ? 1 : 0;
    return is;
  }

  void take(char sign) {
    if (!took(sign)) {
      throw unexpected("“" + sign + "”");
    }
  }

  void takeEndOfLine() {
    if (!(peek() instanceof Token.EndOfLine)) {
      throw unexpected("the end of the line");
    }
    position++;
  }

  String takeWord() {
    if (peek() instanceof Token.Word(String text)) {
      position++;
      return text;
    }
    throw unexpected("a name");
  }

  /** Words with full stops between them. */
  Value.Reference takeReference() {
    StringBuilder name = new StringBuilder(takeWord());
    while (took('.')) {
      name.append('.').append(takeWord());
    }
    return new Value.Reference(name.toString());
  }

  String takeText() {
    if (peek() instanceof Token.Literal(Value.Text(String text))) {
      position++;
      return text;
    }
    throw unexpected("a text");
  }

  /** A literal, a number, true or false. */
  Value takeScalar() {
    Token token = peek();
    position++;
    return switch (token) {
      case Token.Literal(Value value) -> value;
      case Token.Whole(long number) -> new Value.Whole(number);
      case Token.Word(String word) when word.equals("true") || word.equals("false") ->
          new Value.Flag(word.equals("true"));
      default -> {
        position--;
        throw unexpected("a value");
      }
    };
  }

  UnreadableTemplate unexpected(String wanted) {
    return new UnreadableTemplate("expected " + wanted + ", not " + peek());
  }
}
