package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.databind.node.LongNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the clauses of a query; their expressions are read by {@link ExpressionParser}. */
final class Parser {

  private final Tokens tokens;
  private final ExpressionParser expressions;

  private Parser(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens, this::query);
  }

  static ParsedSql parse(String text) {
    if (text.length() > Query.MAX_LENGTH) {
      return SyntaxError.tooLong(text.length());
    }
    try {
      Query query = new Parser(new Tokens(Lexer.tokens(text))).wholeText();
      Scope.check(query);
      return query;
    } catch (SyntaxException e) {
      return e.error();
    }
  }

  private Query wholeText() throws SyntaxException {
    Query query = query();
    if (tokens.peek().kind() != Token.Kind.END) {
      throw tokens.unexpected();
    }
    return query;
  }

  private Query query() throws SyntaxException {
    tokens.expectKeyword("SELECT");
    boolean distinct = tokens.takeKeyword("DISTINCT");
    Optional<Query.Count> top = tokens.takeKeyword("TOP") ? Optional.of(count()) : Optional.empty();
    Selection selection = selection();
    Optional<From> from = from();
    Optional<Expression> where =
        tokens.takeKeyword("WHERE") ? Optional.of(expressions.expression()) : Optional.empty();
    List<Expression> groupBy = groupBy();
    boolean ordered = takeTwo("ORDER", "BY");
    boolean ranked = ordered && takeRank();
    List<Query.Order> orderBy = ordered ? orders(ranked) : List.of();
    Optional<Query.Page> page = page();
    if (top.isPresent() && page.isPresent()) {
      throw tokens.unexpected();
    }
    return new Query(top, distinct, selection, from, where, groupBy, orderBy, ranked, page);
  }

  private boolean takeTwo(String first, String second) throws SyntaxException {
    boolean is = tokens.takeKeyword(first);
    if (is) {
      tokens.expectKeyword(second);
    }
    return is;
  }

  /** RANK is a word of its own only before the function that gives the score. */
  private boolean takeRank() {
    boolean is =
        tokens.peek().text().equalsIgnoreCase("RANK")
            && tokens.peek().kind() == Token.Kind.IDENTIFIER
            && tokens.peekSecond().kind() == Token.Kind.IDENTIFIER;
    if (is) {
      tokens.take();
    }
    return is;
  }

  private Query.Count count() throws SyntaxException {
    Optional<Token> parameter = tokens.takeIf(Token.Kind.PARAMETER);
    if (parameter.isPresent()) {
      return new Query.Count.Parameter(parameter.get().text());
    }
    return new Query.Count.Fixed(number());
  }

  private int number() throws SyntaxException {
    Token number = tokens.peek();
    try {
      return Integer.parseInt(tokens.expect(Token.Kind.NUMBER).text());
    } catch (NumberFormatException notAnInteger) {
      throw new SyntaxException(SyntaxError.near(number));
    }
  }

  private Selection selection() throws SyntaxException {
    if (tokens.takeIf("*")) {
      return new Selection.All();
    }
    if (tokens.takeKeyword("VALUE")) {
      return new Selection.Value(expressions.expression());
    }
    List<Selection.Property> properties = new ArrayList<>();
    do {
      Expression expression = expressions.expression();
      properties.add(new Selection.Property(expression, alias()));
    } while (tokens.takeIf(","));
    return new Selection.Properties(properties);
  }

  private Optional<String> alias() throws SyntaxException {
    return tokens.takeKeyword("AS")
        ? Optional.of(tokens.expect(Token.Kind.IDENTIFIER).text())
        : tokens.takeIf(Token.Kind.IDENTIFIER).map(Token::text);
  }

  private Optional<From> from() throws SyntaxException {
    if (!tokens.takeKeyword("FROM")) {
      return Optional.empty();
    }
    List<From.Source> sources = new ArrayList<>();
    do {
      sources.add(source());
    } while (tokens.takeKeyword("JOIN"));
    return Optional.of(new From(sources));
  }

  private From.Source source() throws SyntaxException {
    if (tokens.takeIf("(")) {
      From.Rows rows = new From.Rows(expressions.subquery());
      return new From.Source(alias(), false, rows);
    }
    Token name = tokens.expect(Token.Kind.IDENTIFIER);
    if (tokens.takeKeyword("IN")) {
      From.Collection of =
          tokens.takeIf("(")
              ? new From.Rows(expressions.subquery())
              : new From.Path(path(tokens.expect(Token.Kind.IDENTIFIER)));
      return new From.Source(Optional.of(name.text()), true, of);
    }
    From.Path path = new From.Path(path(name));
    return new From.Source(alias(), false, path);
  }

  private Expression path(Token root) throws SyntaxException {
    Expression path = new Expression.Name(root.text(), root.at());
    while (true) {
      if (tokens.takeIf(".")) {
        String property = tokens.expect(Token.Kind.IDENTIFIER).text();
        path = new Expression.Member(path, property, root.at().to(tokens.last()));
      } else if (tokens.takeIf("[")) {
        path = step(path);
      } else {
        return path;
      }
    }
  }

  /** A property or an element whose name or number is written; the bracket is open. */
  private Expression step(Expression path) throws SyntaxException {
    Token key = tokens.peek();
    Optional<Token> property = tokens.takeIf(Token.Kind.STRING);
    int index = property.isPresent() ? 0 : number();
    tokens.expect("]");
    Span at = path.at().to(tokens.last());
    return property.isPresent()
        ? new Expression.Member(path, property.get().text(), at)
        : new Expression.Element(
            path, new Expression.Literal(LongNode.valueOf(index), key.at()), at);
  }

  private List<Expression> groupBy() throws SyntaxException {
    return takeTwo("GROUP", "BY") ? expressions.expressions() : List.of();
  }

  private List<Query.Order> orders(boolean ranked) throws SyntaxException {
    List<Query.Order> orders = new ArrayList<>();
    do {
      Expression expression = expressions.expression();
      orders.add(new Query.Order(expression, direction(ranked)));
    } while (tokens.takeIf(","));
    return orders;
  }

  private Query.Direction direction(boolean ranked) {
    if (tokens.takeKeyword("DESC")) {
      return Query.Direction.DESCENDING;
    }
    return tokens.takeKeyword("ASC") || !ranked
        ? Query.Direction.ASCENDING
        : Query.Direction.BEST_FIRST;
  }

  private Optional<Query.Page> page() throws SyntaxException {
    if (!tokens.takeKeyword("OFFSET")) {
      return Optional.empty();
    }
    Query.Count offset = count();
    tokens.expectKeyword("LIMIT");
    return Optional.of(new Query.Page(offset, count()));
  }
}
