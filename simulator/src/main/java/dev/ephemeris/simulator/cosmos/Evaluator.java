package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Expression;
import java.util.List;
import java.util.Map;

/**
 * Computes expressions in SQL's three-valued logic: what is missing, or compared with another type,
 * is undefined, which is neither true nor false.
 *
 * @param item what FROM's name stands for
 * @param aggregates the values of aggregate calls, where there are any
 */
record Evaluator(JsonNode item, Parameters parameters, Map<Expression.Call, JsonNode> aggregates) {

  JsonNode value(Expression expression) {
    return switch (expression) {
      case Expression.Literal literal -> literal.value();
      case Expression.Parameter parameter -> parameters.value(parameter.name());
      case Expression.Name _ -> item;
      case Expression.Member member -> value(member.of()).path(member.name());
      case Expression.Element element -> element(value(element.of()), value(element.index()));
      case Expression.Call call -> call(call);
      case Expression.Not not -> not(value(not.operand()));
      case Expression.Negative negative -> negative(value(negative.operand()));
      case Expression.And and -> and(and.terms());
      case Expression.Or or -> or(or.terms());
      case Expression.Binary binary ->
          binary(binary.operator(), value(binary.left()), value(binary.right()));
      case Expression.In in -> in(value(in.operand()), in.values());
      case Expression.Between between -> between(between);
      case Expression.ArrayOf array -> array(array.elements());
      case Expression.ObjectOf object -> object(object.fields());
    };
  }

  private static JsonNode element(JsonNode of, JsonNode index) {
    if (index.isTextual()) {
      return of.path(index.textValue());
    }
    return index.canConvertToInt() && index.isIntegralNumber()
        ? of.path(index.intValue())
        : Values.UNDEFINED;
  }

  private JsonNode call(Expression.Call call) {
    return call.function().isAggregate()
        ? aggregates.getOrDefault(call, Values.UNDEFINED)
        : Functions.call(call.function(), call.arguments().stream().map(this::value).toList());
  }

  private static JsonNode not(JsonNode value) {
    return value.isBoolean() ? Values.of(!value.booleanValue()) : Values.UNDEFINED;
  }

  private static JsonNode negative(JsonNode value) {
    return value.isNumber() ? Numbers.of(-value.doubleValue()) : Values.UNDEFINED;
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
    return allTrue ? Values.of(true) : Values.UNDEFINED;
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
    return allFalse ? Values.of(false) : Values.UNDEFINED;
  }

  private static JsonNode binary(Expression.Operator operator, JsonNode a, JsonNode b) {
    return switch (operator) {
      case EQUAL -> sameType(a, b) ? Values.of(Values.equal(a, b)) : Values.UNDEFINED;
      case NOT_EQUAL -> sameType(a, b) ? Values.of(!Values.equal(a, b)) : Values.UNDEFINED;
      case LESS -> Values.comparable(a, b) ? Values.of(Values.compare(a, b) < 0) : Values.UNDEFINED;
      case LESS_OR_EQUAL ->
          Values.comparable(a, b) ? Values.of(Values.compare(a, b) <= 0) : Values.UNDEFINED;
      case GREATER ->
          Values.comparable(a, b) ? Values.of(Values.compare(a, b) > 0) : Values.UNDEFINED;
      case GREATER_OR_EQUAL ->
          Values.comparable(a, b) ? Values.of(Values.compare(a, b) >= 0) : Values.UNDEFINED;
      case CONCATENATE -> Functions.concat(List.of(a, b));
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO ->
          a.isNumber() && b.isNumber() ? arithmetic(operator, a, b) : Values.UNDEFINED;
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

  private static boolean sameType(JsonNode a, JsonNode b) {
    return !a.isMissingNode() && a.getNodeType() == b.getNodeType();
  }

  private JsonNode in(JsonNode operand, List<Expression> values) {
    if (operand.isMissingNode()) {
      return Values.UNDEFINED;
    }
    return Values.of(values.stream().anyMatch(value -> Values.equal(operand, value(value))));
  }

  private JsonNode between(Expression.Between between) {
    JsonNode operand = value(between.operand());
    JsonNode low = value(between.low());
    JsonNode high = value(between.high());
    return Values.comparable(low, operand) && Values.comparable(operand, high)
        ? Values.of(Values.compare(low, operand) <= 0 && Values.compare(operand, high) <= 0)
        : Values.UNDEFINED;
  }

  private JsonNode array(List<Expression> elements) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Expression element : elements) {
      JsonNode value = value(element);
      if (!value.isMissingNode()) {
        array.add(value);
      }
    }
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
