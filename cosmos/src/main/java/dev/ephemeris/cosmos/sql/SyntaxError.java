package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/**
 * Why a text isn't a query, as the service says it.
 *
 * @param code the service's code, such as {@code SC1001}
 * @param location where in the text
 */
public record SyntaxError(String code, Span location, String message) implements ParsedSql {

  static SyntaxError near(Token token) {
    return new SyntaxError(
        "SC1001", token.at(), "Syntax error, incorrect syntax near '" + token.text() + "'.");
  }

  /** See {@link Query#parse}: two ways to read it. */
  static SyntaxError ambiguous(Token next) {
    return new SyntaxError(
        "SC1001", next.at(), near(next).message() + " Say with parentheses what belongs together.");
  }

  static SyntaxError endOfText(Span at) {
    return new SyntaxError("SC1001", at, "Syntax error, unexpected end of query.");
  }

  static SyntaxError unknownFunction(Token name) {
    return new SyntaxError(
        "SC2005", name.at(), "'" + name.text() + "' is not a recognized built-in function name.");
  }

  static SyntaxError unknownName(Expression.Name name) {
    return new SyntaxError(
        "SC2001", name.at(), "Identifier '" + name.name() + "' could not be resolved.");
  }

  static SyntaxError repeatedName(String name, Span at) {
    return new SyntaxError(
        "SC2011",
        at,
        "The input alias '" + name + "' is specified more than once in the FROM clause.");
  }

  static SyntaxError arguments(Function function, Span at) {
    return new SyntaxError(
        "SC2050",
        at,
        "The " + function.spelling() + " function requires " + function.arity() + " argument(s).");
  }

  static SyntaxError tooDeep(Span at) {
    return new SyntaxError("SC3011", at, "The query is nested too deeply.");
  }

  static SyntaxError tooLong(int length) {
    return new SyntaxError(
        "SC3032", new Span(0, length), "The query exceeds the maximum length of a query.");
  }

  static SyntaxError of(String code, Span at, String message) {
    return new SyntaxError(code, at, message);
  }

  /** The JSON that the service puts into the message of its answer. */
  public String json() {
    StringBuilder json = new StringBuilder("{\"errors\":[{\"severity\":\"Error\",\"location\":");
    json.append("{\"start\":").append(location.start());
    json.append(",\"end\":").append(location.end());
    json.append("},\"code\":\"").append(code).append("\",\"message\":\"");
    JsonStringEncoder.getInstance().quoteAsString(message, json);
    return json.append("\"}]}").toString();
  }
}
