package dev.ephemeris.cosmos.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the clauses of a query; their expressions are read by {@link ExpressionParser}. */
final class Parser {

  private final Tokens tokens;
  private final ExpressionParser expressions;

  private Parser(Tokens tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  static ParsedSql parse(String text) {
    if (text.length() > Query.MAX_LENGTH) {
      return SyntaxError.tooLong(text.length());
    }
    try {
      Query query = new Parser(new Tokens(Lexer.tokens(text))).query();
      Scope.check(query);
      return query;
    } catch (SyntaxException e) {
      return e.error();
    }
  }

  private Query query() throws SyntaxException {
    tokens.expectKeyword("SELECT");
    boolean distinct = tokens.takeKeyword("DISTINCT");
    Optional<Query.Count> top = tokens.takeKeyword("TOP") ? Optional.of(count()) : Optional.empty();
    Selection selection = selection();
    Optional<String> alias = from();
    Optional<Expression> where =
        tokens.takeKeyword("WHERE") ? Optional.of(expressions.expression()) : Optional.empty();
    List<Query.Order> orderBy = orderBy();
    Optional<Query.Page> page = page();
    if (tokens.peek().kind() != Token.Kind.END || (top.isPresent() && page.isPresent())) {
      throw tokens.unexpected();
    }
    return new Query(top, distinct, selection, alias, where, orderBy, page);
  }

  private Query.Count count() throws SyntaxException {
    Optional<Token> parameter = tokens.takeIf(Token.Kind.PARAMETER);
    if (parameter.isPresent()) {
      return new Query.Count.Parameter(parameter.get().text());
    }
    Token number = tokens.peek();
    try {
      int rows = Integer.parseInt(tokens.expect(Token.Kind.NUMBER).text());
      return new Query.Count.Fixed(rows);
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

  private Optional<String> from() throws SyntaxException {
    if (!tokens.takeKeyword("FROM")) {
      return Optional.empty();
    }
    String container = tokens.expect(Token.Kind.IDENTIFIER).text();
    return Optional.of(alias().orElse(container));
  }

  private List<Query.Order> orderBy() throws SyntaxException {
    List<Query.Order> orders = new ArrayList<>();
    if (tokens.takeKeyword("ORDER")) {
      tokens.expectKeyword("BY");
      do {
        Expression expression = expressions.expression();
        boolean descending = tokens.takeKeyword("DESC");
        if (!descending) {
          tokens.takeKeyword("ASC");
        }
        orders.add(new Query.Order(expression, descending));
      } while (tokens.takeIf(","));
    }
    return orders;
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
