package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads expressions by recursive descent, one method for each precedence. */
final class ExpressionParser {

  /** How deep parentheses and the like may nest, so that no text exhausts the stack. */
  private static final int MAX_DEPTH = 128;

  private final Tokens tokens;
  private int depth;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  Expression expression() throws SyntaxException {
    if (++depth > MAX_DEPTH) {
      throw new SyntaxException(SyntaxError.tooDeep(tokens.peek().at()));
    }
    List<Expression> terms = new ArrayList<>(1);
    do {
      terms.add(conjunction());
    } while (tokens.takeKeyword("OR"));
    depth--;
    return terms.size() == 1 ? terms.getFirst() : new Expression.Or(terms, span(terms));
  }

  private Expression conjunction() throws SyntaxException {
    List<Expression> terms = new ArrayList<>(1);
    do {
      terms.add(negation());
    } while (tokens.takeKeyword("AND"));
    return terms.size() == 1 ? terms.getFirst() : new Expression.And(terms, span(terms));
  }

  private Expression negation() throws SyntaxException {
    Span start = tokens.peek().at();
    int times = 0;
    while (tokens.takeKeyword("NOT")) {
      times++;
    }
    // After NOT only what holds together by itself: NOT a = b can be read in two ways.
    Expression expression = times == 0 ? comparison() : primary();
    for (; times > 0; times--) {
      expression = new Expression.Not(expression, start.to(tokens.last()));
    }
    return expression;
  }

  private Expression comparison() throws SyntaxException {
    Expression left = binary(Precedence.CONCATENATION);
    Optional<Expression.Operator> operator = operator(Precedence.COMPARISON);
    if (operator.isPresent()) {
      Expression right = binary(Precedence.CONCATENATION);
      return new Expression.Binary(operator.get(), left, right, left.at().to(tokens.last()));
    }
    boolean negated = tokens.takeKeyword("NOT");
    if (tokens.takeKeyword("IN")) {
      tokens.expect("(");
      List<Expression> values = list(")");
      if (values.isEmpty()) {
        throw tokens.unexpected();
      }
      return in(negated, new Expression.In(left, values, left.at().to(tokens.last())));
    }
    if (tokens.takeKeyword("BETWEEN")) {
      Expression low = binary(Precedence.CONCATENATION);
      tokens.expectKeyword("AND");
      Expression high = binary(Precedence.CONCATENATION);
      return in(negated, new Expression.Between(left, low, high, left.at().to(tokens.last())));
    }
    if (negated) {
      throw tokens.unexpected();
    }
    return left;
  }

  private static Expression in(boolean negated, Expression expression) {
    return negated ? new Expression.Not(expression, expression.at()) : expression;
  }

  /** A chain of operators of one precedence, from the left. */
  private Expression binary(Precedence precedence) throws SyntaxException {
    if (precedence == Precedence.SIGN) {
      return signed();
    }
    Expression left = binary(precedence.tighter());
    Optional<Expression.Operator> operator = operator(precedence);
    while (operator.isPresent()) {
      Expression right = binary(precedence.tighter());
      left = new Expression.Binary(operator.get(), left, right, left.at().to(tokens.last()));
      operator = operator(precedence);
    }
    return left;
  }

  private Optional<Expression.Operator> operator(Precedence precedence) {
    for (Expression.Operator operator : Expression.Operator.values()) {
      if (operator.precedence() == precedence && tokens.takeIf(operator.sign())) {
        return Optional.of(operator);
      }
    }
    return precedence == Precedence.COMPARISON && tokens.takeIf("<>")
        ? Optional.of(Expression.Operator.NOT_EQUAL)
        : Optional.empty();
  }

  private Expression signed() throws SyntaxException {
    List<Token> signs = new ArrayList<>();
    while (tokens.peek().is("-") || tokens.peek().is("+")) {
      signs.add(tokens.take());
    }
    Expression expression = primary();
    for (Token sign : signs.reversed()) {
      if (sign.is("-")) {
        expression = new Expression.Negative(expression, sign.at().to(tokens.last()));
      }
    }
    return expression;
  }

  private Expression primary() throws SyntaxException {
    Expression expression = start();
    while (true) {
      if (tokens.takeIf(".")) {
        Token name = tokens.expect(Token.Kind.IDENTIFIER);
        expression = new Expression.Member(expression, name.text(), span(expression));
      } else if (tokens.takeIf("[")) {
        Expression index = expression();
        tokens.expect("]");
        expression =
            index instanceof Expression.Literal(TextNode name, Span _)
                ? new Expression.Member(expression, name.textValue(), span(expression))
                : new Expression.Element(expression, index, span(expression));
      } else {
        return expression;
      }
    }
  }

  private Expression start() throws SyntaxException {
    Token token = tokens.peek();
    return switch (token.kind()) {
      case IDENTIFIER -> nameOrCall(tokens.take());
      case PARAMETER -> new Expression.Parameter(tokens.take().text(), token.at());
      case NUMBER -> literal(number(tokens.take()), token);
      case STRING -> literal(TextNode.valueOf(tokens.take().text()), token);
      case KEYWORD -> literal(constant(), token);
      case SIGN -> bracketed();
      case END -> throw tokens.unexpected();
    };
  }

  private static Expression literal(JsonNode value, Token token) {
    return new Expression.Literal(value, token.at());
  }

  private JsonNode constant() throws SyntaxException {
    if (tokens.takeKeyword("TRUE")) {
      return BooleanNode.TRUE;
    }
    if (tokens.takeKeyword("FALSE")) {
      return BooleanNode.FALSE;
    }
    if (tokens.takeKeyword("NULL")) {
      return NullNode.getInstance();
    }
    if (tokens.takeKeyword("UNDEFINED")) {
      return MissingNode.getInstance();
    }
    throw tokens.unexpected();
  }

  private static JsonNode number(Token token) throws SyntaxException {
    try {
      return LongNode.valueOf(Long.parseLong(token.text()));
    } catch (NumberFormatException notALong) {
      double value = Double.parseDouble(token.text());
      if (Double.isInfinite(value)) {
        throw new SyntaxException(SyntaxError.near(token));
      }
      return DoubleNode.valueOf(value);
    }
  }

  private Expression nameOrCall(Token name) throws SyntaxException {
    if (!tokens.takeIf("(")) {
      return new Expression.Name(name.text(), name.at());
    }
    Optional<Function> function = Function.named(name.text());
    if (function.isEmpty()) {
      throw new SyntaxException(SyntaxError.unknownFunction(name));
    }
    List<Expression> arguments = list(")");
    Span at = name.at().to(tokens.last());
    if (!function.get().takes(arguments.size())) {
      throw new SyntaxException(SyntaxError.arguments(function.get(), at));
    }
    return new Expression.Call(function.get(), arguments, at);
  }

  private Expression bracketed() throws SyntaxException {
    Span start = tokens.peek().at();
    if (tokens.takeIf("(")) {
      Expression inner = expression();
      tokens.expect(")");
      return inner;
    }
    if (tokens.takeIf("[")) {
      return new Expression.ArrayOf(list("]"), start.to(tokens.last()));
    }
    if (tokens.takeIf("{")) {
      return new Expression.ObjectOf(fields(), start.to(tokens.last()));
    }
    throw tokens.unexpected();
  }

  /** Expressions up to and with the closing sign; the opening one is taken. */
  private List<Expression> list(String close) throws SyntaxException {
    List<Expression> expressions = new ArrayList<>();
    if (!tokens.takeIf(close)) {
      do {
        expressions.add(expression());
      } while (tokens.takeIf(","));
      tokens.expect(close);
    }
    return expressions;
  }

  private List<Expression.Field> fields() throws SyntaxException {
    List<Expression.Field> fields = new ArrayList<>();
    if (!tokens.takeIf("}")) {
      do {
        String name = tokens.expect(Token.Kind.STRING).text();
        tokens.expect(":");
        fields.add(new Expression.Field(name, expression()));
      } while (tokens.takeIf(","));
      tokens.expect("}");
    }
    return fields;
  }

  private Span span(Expression from) {
    return from.at().to(tokens.last());
  }

  private static Span span(List<Expression> terms) {
    return terms.getFirst().at().to(terms.getLast().at());
  }
}
