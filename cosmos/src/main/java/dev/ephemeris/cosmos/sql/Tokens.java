package dev.ephemeris.cosmos.sql;

import java.util.List;
import java.util.Optional;

/** A cursor over a query's tokens. Confined to one parse. */
final class Tokens {

  /** How deep parentheses and the like may nest, so that no text exhausts the stack. */
  private static final int MAX_DEPTH = 128;

  private final List<Token> tokens;
  private int position;
  private int depth;

  Tokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(position);
  }

  /** The token after the next one; the end stays the end. */
  Token peekSecond() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  /** Goes one level down in what nests; {@link #ascend} goes up again. */
  void descend() throws SyntaxException {
    if (++depth > MAX_DEPTH) {
      throw new SyntaxException(SyntaxError.tooDeep(peek().at()));
    }
  }

  void ascend() {
    depth--;
  }

  /** Where the last token that was taken ends; the place of the first one before that. */
  Span last() {
    return tokens.get(Math.max(0, position - 1)).at();
  }

  Token take() {
    Token token = peek();
    if (token.kind() != Token.Kind.END) {
      position++;
    }
    return token;
  }

  boolean takeIf(String sign) {
    boolean is = peek().is(sign);
    if (is) {
      position++;
    }
    return is;
  }

  boolean takeKeyword(String keyword) {
    boolean is = peek().isKeyword(keyword);
    if (is) {
      position++;
    }
    return is;
  }

  Optional<Token> takeIf(Token.Kind kind) {
    return peek().kind() == kind ? Optional.of(take()) : Optional.empty();
  }

  void expect(String sign) throws SyntaxException {
    if (!takeIf(sign)) {
      throw unexpected();
    }
  }

  void expectKeyword(String keyword) throws SyntaxException {
    if (!takeKeyword(keyword)) {
      throw unexpected();
    }
  }

  Token expect(Token.Kind kind) throws SyntaxException {
    Token token = peek();
    if (token.kind() != kind) {
      throw unexpected();
    }
    return take();
  }

  /** That the next token can't stand where it stands. */
  SyntaxException unexpected() {
    Token token = peek();
    return new SyntaxException(
        token.kind() == Token.Kind.END
            ? SyntaxError.endOfText(token.at())
            : SyntaxError.near(token));
  }
}
