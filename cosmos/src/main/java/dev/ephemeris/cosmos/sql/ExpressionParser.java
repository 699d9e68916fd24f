package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads expressions by recursive descent, one method for each precedence. */
final class ExpressionParser {

  /** Operators by their signs. */
  private static final Map<String, Expression.Operator> OPERATORS = operators();

  private final Tokens tokens;
  private final Nested nested;

  /** Reads a query that stands inside an expression; its parentheses are not read. */
  interface Nested {
    Query query() throws SyntaxException;
  }

  ExpressionParser(Tokens tokens, Nested nested) {
    this.tokens = tokens;
    this.nested = nested;
  }

  private static Map<String, Expression.Operator> operators() {
    Map<String, Expression.Operator> operators = new HashMap<>();
    for (Expression.Operator operator : Expression.Operator.values()) {
      operators.put(operator.sign(), operator);
    }
    operators.put("<>", Expression.Operator.NOT_EQUAL);
    return Map.copyOf(operators);
  }

  Expression expression() throws SyntaxException {
    tokens.descend();
    Expression expression = conditional();
    tokens.ascend();
    return expression;
  }

  /** One or more, with commas between them. */
  List<Expression> expressions() throws SyntaxException {
    List<Expression> expressions = new ArrayList<>();
    do {
      expressions.add(expression());
    } while (tokens.takeIf(","));
    return expressions;
  }

  private Expression conditional() throws SyntaxException {
    Expression first = disjunction();
    if (tokens.takeIf("?")) {
      Expression then = expression();
      tokens.expect(":");
      Expression otherwise = expression();
      return new Expression.Conditional(first, then, otherwise, span(first));
    }
    while (tokens.takeIf("??")) {
      Expression next = disjunction();
      first = new Expression.Binary(Expression.Operator.COALESCE, first, next, span(first));
    }
    if (tokens.peek().is("?")) {
      throw new SyntaxException(SyntaxError.ambiguous(tokens.peek()));
    }
    return first;
  }

  private Expression disjunction() throws SyntaxException {
    List<Expression> terms = new ArrayList<>(1);
    do {
      terms.add(conjunction());
    } while (tokens.takeKeyword("OR"));
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
    Expression expression = times == 0 ? comparison() : primary();
    for (; times > 0; times--) {
      expression = new Expression.Not(expression, start.to(tokens.last()));
    }
    refuseOperator();
    return expression;
  }

  private Expression comparison() throws SyntaxException {
    Expression left = binary(Precedence.SHIFT);
    Optional<Expression.Operator> operator = operator(Precedence.COMPARISON);
    if (operator.isPresent()) {
      Expression right = binary(Precedence.SHIFT);
      return new Expression.Binary(operator.get(), left, right, span(left));
    }
    boolean negated = tokens.takeKeyword("NOT");
    if (tokens.takeKeyword("IN")) {
      tokens.expect("(");
      List<Expression> values = expressions();
      tokens.expect(")");
      return negatedIf(negated, new Expression.In(left, values, span(left)));
    }
    if (tokens.takeKeyword("BETWEEN")) {
      Expression low = binary(Precedence.SHIFT);
      tokens.expectKeyword("AND");
      Expression high = binary(Precedence.SHIFT);
      return negatedIf(negated, new Expression.Between(left, low, high, span(left)));
    }
    if (tokens.takeKeyword("LIKE")) {
      Expression pattern = binary(Precedence.SHIFT);
      Optional<Character> escape = escape();
      return negatedIf(negated, new Expression.Like(left, pattern, escape, span(left)));
    }
    if (negated) {
      throw tokens.unexpected();
    }
    return chain(left, Precedence.BIT_OR);
  }

  /** Past this point only looser operators may follow: see {@link Query#parse}. */
  private void refuseOperator() throws SyntaxException {
    Token next = tokens.peek();
    boolean sign = OPERATORS.keySet().stream().anyMatch(next::is) && !next.is("??");
    if (sign || Stream.of("NOT", "IN", "BETWEEN", "LIKE").anyMatch(next::isKeyword)) {
      throw new SyntaxException(SyntaxError.ambiguous(next));
    }
  }

  private Optional<Character> escape() throws SyntaxException {
    if (!tokens.takeKeyword("ESCAPE")) {
      return Optional.empty();
    }
    Token character = tokens.expect(Token.Kind.STRING);
    if (character.text().length() != 1) {
      throw new SyntaxException(SyntaxError.near(character));
    }
    return Optional.of(character.text().charAt(0));
  }

  private static Expression negatedIf(boolean negated, Expression expression) {
    return negated ? new Expression.Not(expression, expression.at()) : expression;
  }

  private Expression binary(Precedence precedence) throws SyntaxException {
    return chain(signed(), precedence);
  }

  /** Operators of that precedence and of tighter ones, from the left; the first operand is read. */
  private Expression chain(Expression first, Precedence precedence) throws SyntaxException {
    if (precedence == Precedence.SIGN) {
      return first;
    }
    Expression left = chain(first, precedence.tighter());
    Optional<Expression.Operator> operator = operator(precedence);
    while (operator.isPresent()) {
      Expression right = binary(precedence.tighter());
      left = new Expression.Binary(operator.get(), left, right, span(left));
      operator = operator(precedence);
    }
    return left;
  }

  private Optional<Expression.Operator> operator(Precedence precedence) {
    Token token = tokens.peek();
    Optional<Expression.Operator> operator =
        token.kind() == Token.Kind.SIGN
            ? Optional.ofNullable(OPERATORS.get(token.text()))
                .filter(candidate -> candidate.precedence() == precedence)
            : Optional.empty();
    operator.ifPresent(_ -> tokens.take());
    return operator;
  }

  private Expression signed() throws SyntaxException {
    List<Token> signs = new ArrayList<>();
    while (tokens.peek().is("-") || tokens.peek().is("+") || tokens.peek().is("~")) {
      signs.add(tokens.take());
    }
    Expression expression = primary();
    for (Token sign : signs.reversed()) {
      if (sign.is("-")) {
        expression = new Expression.Negative(expression, sign.at().to(tokens.last()));
      } else if (sign.is("~")) {
        expression = new Expression.Complement(expression, sign.at().to(tokens.last()));
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
      case KEYWORD -> keyword(token);
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

  private Expression keyword(Token keyword) throws SyntaxException {
    if (tokens.takeKeyword("EXISTS")) {
      tokens.expect("(");
      return new Expression.Exists(subquery(), keyword.at().to(tokens.last()));
    }
    if (tokens.takeKeyword("ARRAY")) {
      tokens.expect("(");
      return new Expression.ArrayQuery(subquery(), keyword.at().to(tokens.last()));
    }
    if (tokens.takeKeyword("UDF")) {
      tokens.expect(".");
      String name = tokens.expect(Token.Kind.IDENTIFIER).text();
      tokens.expect("(");
      List<Expression> arguments = list(")");
      return new Expression.UserDefinedCall(name, arguments, keyword.at().to(tokens.last()));
    }
    return literal(constant(), keyword);
  }

  /** A query up to and with the closing parenthesis. */
  Query subquery() throws SyntaxException {
    tokens.descend();
    Query query = nested.query();
    tokens.expect(")");
    tokens.ascend();
    return query;
  }

  private static JsonNode number(Token token) throws SyntaxException {
    String text = token.text();
    try {
      return LongNode.valueOf(
          isHexadecimal(text) ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text));
    } catch (NumberFormatException notALong) {
      double value =
          isHexadecimal(text)
              ? new BigInteger(text.substring(2), 16).doubleValue()
              : Double.parseDouble(text);
      if (Double.isInfinite(value)) {
        throw new SyntaxException(SyntaxError.near(token));
      }
      return DoubleNode.valueOf(value);
    }
  }

  private static boolean isHexadecimal(String number) {
    return number.startsWith("0x") || number.startsWith("0X");
  }

  private Expression nameOrCall(Token name) throws SyntaxException {
    if (!tokens.takeIf("(")) {
      return new Expression.Name(name.text(), name.at());
    }
    if (tokens.peek().isKeyword("SELECT")) {
      return chosen(name);
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

  /** ALL, FIRST and LAST are names elsewhere; before a query they say what of it counts. */
  private Expression chosen(Token word) throws SyntaxException {
    Token select = tokens.peek();
    Query query = subquery();
    Span at = word.at().to(tokens.last());
    return switch (word.text().toUpperCase(Locale.ROOT)) {
      case "ALL" -> new Expression.All(query, at);
      case "FIRST" -> new Expression.First(query, at);
      case "LAST" -> new Expression.Last(query, at);
      default -> throw new SyntaxException(SyntaxError.near(select));
    };
  }

  private Expression bracketed() throws SyntaxException {
    Span start = tokens.peek().at();
    if (tokens.takeIf("(")) {
      if (tokens.peek().isKeyword("SELECT")) {
        return new Expression.Subquery(subquery(), start.to(tokens.last()));
      }
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
    if (tokens.takeIf(close)) {
      return List.of();
    }
    List<Expression> expressions = expressions();
    tokens.expect(close);
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
