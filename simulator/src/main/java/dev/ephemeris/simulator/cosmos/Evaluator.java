package dev.ephemeris.simulator.cosmos;

import static dev.ephemeris.simulator.cosmos.Values.UNDEFINED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Span;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Computes expressions in SQL's three-valued logic: what is missing, or ordered with another type,
 * is undefined, which is neither true nor false.
 *
 * <p>Values of two types are unequal. The manual calls that undefined too, but Microsoft's own
 * engine in the tests of its .NET SDK doesn't (OfflineEngine, ScalarExpressionEvaluator), nor do
 * its SDKs, whose {@code != null} keeps what has a value.
 *
 * @param row what names stand for
 * @param aggregates the values of aggregate calls, where there are any
 */
record Evaluator(Row row, Parameters parameters, Map<Expression.Call, JsonNode> aggregates) {

  JsonNode value(Expression expression) {
    return switch (expression) {
      case Expression.Literal literal -> literal.value();
      case Expression.Parameter parameter -> parameters.value(parameter.name());
      case Expression.Name name -> row.value(name.name());
      case Expression.Member member -> value(member.of()).path(member.name());
      case Expression.Element element -> element(value(element.of()), value(element.index()));
      case Expression.Call call -> call(call);
      case Expression.UserDefinedCall call ->
          throw new IllegalArgumentException("not simulated: " + call.text());
      case Expression.Not not -> not(value(not.operand()));
      case Expression.Negative negative -> negative(value(negative.operand()));
      case Expression.Complement complement -> Bits.complement(value(complement.operand()));
      case Expression.And and -> and(and.terms());
      case Expression.Or or -> or(or.terms());
      case Expression.Binary binary -> binary(binary);
      case Expression.In in -> in(value(in.operand()), in.values());
      case Expression.Between between -> between(between);
      case Expression.Like like -> like(like);
      case Expression.Conditional conditional ->
          Values.isTrue(value(conditional.condition()))
              ? value(conditional.then())
              : value(conditional.otherwise());
      case Expression.Subquery(Query query, Span _) -> only(rows(query));
      case Expression.Exists(Query query, Span _) -> Values.of(!rows(query).isEmpty());
      case Expression.ArrayQuery(Query query, Span _) -> array(rows(query).stream());
      case Expression.All(Query query, Span _) -> Values.of(counterexamples(query).isEmpty());
      case Expression.First(Query query, Span _) ->
          rows(query).stream().findFirst().orElse(UNDEFINED);
      case Expression.Last(Query query, Span _) ->
          rows(query).reversed().stream().findFirst().orElse(UNDEFINED);
      case Expression.ArrayOf array -> array(array.elements().stream().map(this::value));
      case Expression.ObjectOf object -> object(object.fields());
    };
  }

  private static JsonNode element(JsonNode of, JsonNode index) {
    if (index.isTextual()) {
      return of.path(index.textValue());
    }
    return index.canConvertToInt() && index.isIntegralNumber()
        ? of.path(index.intValue())
        : UNDEFINED;
  }

  private JsonNode call(Expression.Call call) {
    return call.function().isAggregate()
        ? aggregates.getOrDefault(call, UNDEFINED)
        : Functions.call(call.function(), call.arguments().stream().map(this::value).toList());
  }

  private static JsonNode not(JsonNode value) {
    return value.isBoolean() ? Values.of(!value.booleanValue()) : UNDEFINED;
  }

  private static JsonNode negative(JsonNode value) {
    return value.isNumber() ? Numbers.of(-value.doubleValue()) : UNDEFINED;
  }

  private JsonNode and(List<Expression> terms) {
    boolean allTrue = true;
    for (Expression term : terms) {
      JsonNode value = value(term);
      if (Values.isFalse(value)) {
        return value;
      }
      allTrue &= Values.isTrue(value);
    }
    return allTrue ? Values.of(true) : UNDEFINED;
  }

  private JsonNode or(List<Expression> terms) {
    boolean allFalse = true;
    for (Expression term : terms) {
      JsonNode value = value(term);
      if (Values.isTrue(value)) {
        return value;
      }
      allFalse &= Values.isFalse(value);
    }
    return allFalse ? Values.of(false) : UNDEFINED;
  }

  private List<JsonNode> rows(Query query) {
    return new QueryRun(query, parameters).rows(row);
  }

  private static JsonNode only(List<JsonNode> rows) {
    if (rows.size() > 1) {
      throw new QueryException(
          "The cardinality of a scalar subquery result set cannot be greater than one.");
    }
    return rows.stream().findFirst().orElse(UNDEFINED);
  }

  /** The rows of which WHERE is false; of none if there is no WHERE. */
  private List<JsonNode> counterexamples(Query all) {
    return all.where()
        .map(where -> rows(all.withWhere(new Expression.Not(where, where.at()))))
        .orElse(List.of());
  }

  private JsonNode like(Expression.Like like) {
    JsonNode text = value(like.operand());
    JsonNode pattern = value(like.pattern());
    return text.isTextual() && pattern.isTextual()
        ? Values.of(LikePattern.parse(pattern.textValue(), like.escape()).matches(text.textValue()))
        : UNDEFINED;
  }

  private JsonNode binary(Expression.Binary binary) {
    JsonNode left = value(binary.left());
    if (binary.operator() == Expression.Operator.COALESCE) {
      return left.isMissingNode() ? value(binary.right()) : left;
    }
    return binary(binary.operator(), left, value(binary.right()));
  }

  private static JsonNode binary(Expression.Operator operator, JsonNode a, JsonNode b) {
    return switch (operator) {
      case COALESCE -> throw new IllegalArgumentException("?? doesn't compute its right side");
      case BIT_OR, BIT_XOR, BIT_AND, SHIFT_LEFT, SHIFT_RIGHT, SHIFT_RIGHT_FILLING_ZEROS ->
          Bits.binary(operator, a, b);
      case EQUAL -> defined(a, b) ? Values.of(Values.equal(a, b)) : UNDEFINED;
      case NOT_EQUAL -> defined(a, b) ? Values.of(!Values.equal(a, b)) : UNDEFINED;
      case LESS -> Values.comparable(a, b) ? Values.of(Values.compare(a, b) < 0) : UNDEFINED;
      case LESS_OR_EQUAL ->
          Values.comparable(a, b) ? Values.of(Values.compare(a, b) <= 0) : UNDEFINED;
      case GREATER -> Values.comparable(a, b) ? Values.of(Values.compare(a, b) > 0) : UNDEFINED;
      case GREATER_OR_EQUAL ->
          Values.comparable(a, b) ? Values.of(Values.compare(a, b) >= 0) : UNDEFINED;
      case CONCATENATE -> TextFunctions.concat(List.of(a, b));
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO ->
          a.isNumber() && b.isNumber() ? arithmetic(operator, a, b) : UNDEFINED;
    };
  }

  private static JsonNode arithmetic(Expression.Operator operator, JsonNode a, JsonNode b) {
    double x = a.doubleValue();
    double y = b.doubleValue();
    return switch (operator) {
      case ADD -> Numbers.add(a, b);
      case SUBTRACT -> Numbers.of(x - y);
      case MULTIPLY -> Numbers.of(x * y);
      case DIVIDE -> Numbers.of(x / y);
      case MODULO -> Numbers.of(x % y);
      default -> throw new IllegalArgumentException(operator + " is not arithmetic");
    };
  }

  private static boolean defined(JsonNode a, JsonNode b) {
    return !a.isMissingNode() && !b.isMissingNode();
  }

  private JsonNode in(JsonNode operand, List<Expression> values) {
    if (operand.isMissingNode()) {
      return UNDEFINED;
    }
    return Values.of(values.stream().anyMatch(value -> Values.equal(operand, value(value))));
  }

  private JsonNode between(Expression.Between between) {
    JsonNode operand = value(between.operand());
    JsonNode low = value(between.low());
    JsonNode high = value(between.high());
    return Values.comparable(low, operand) && Values.comparable(operand, high)
        ? Values.of(Values.compare(low, operand) <= 0 && Values.compare(operand, high) <= 0)
        : UNDEFINED;
  }

  private static JsonNode array(Stream<JsonNode> elements) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    elements.filter(element -> !element.isMissingNode()).forEach(array::add);
    return array;
  }

  private JsonNode object(List<Expression.Field> fields) {
    ObjectNode object = Json.object();
    for (Expression.Field field : fields) {
      JsonNode value = value(field.value());
      if (!value.isMissingNode()) {
        object.set(field.name(), value);
      }
    }
    return object;
  }
}
