package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Function;
import dev.ephemeris.cosmos.sql.Selection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Computes the aggregate calls of a selection over all rows. */
final class Aggregates {

  private Aggregates() {}

  static Map<Expression.Call, JsonNode> of(
      Selection selection, List<Row> rows, Parameters parameters) {
    Map<Expression.Call, JsonNode> values = new HashMap<>();
    for (Expression.Call call : calls(selection)) {
      List<JsonNode> arguments = new ArrayList<>();
      for (Row row : rows) {
        JsonNode value =
            new Evaluator(row, parameters, Map.of()).value(call.arguments().getFirst());
        if (!value.isMissingNode()) {
          arguments.add(value);
        }
      }
      values.put(call, aggregate(call.function(), arguments));
    }
    return values;
  }

  private static List<Expression.Call> calls(Selection selection) {
    List<Expression> all = new ArrayList<>(selection.expressions());
    List<Expression.Call> calls = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i) instanceof Expression.Call call && call.function().isAggregate()) {
        calls.add(call);
      } else if (all.get(i).query().isEmpty()) { // a subquery computes its own
        all.addAll(all.get(i).children());
      }
    }
    return calls;
  }

  private static JsonNode aggregate(Function function, List<JsonNode> values) {
    return switch (function) {
      case COUNT -> LongNode.valueOf(values.size());
      case SUM -> sum(values);
      case AVG -> average(values);
      case MIN -> least(values, 1);
      case MAX -> least(values, -1);
      default -> throw new IllegalArgumentException(function + " is not an aggregate");
    };
  }

  /** Zero for no rows, undefined if one value isn't a number. */
  static JsonNode sum(List<JsonNode> values) {
    JsonNode sum = LongNode.valueOf(0);
    for (JsonNode value : values) {
      if (!value.isNumber()) {
        return Values.UNDEFINED;
      }
      sum = Numbers.add(sum, value);
    }
    return sum;
  }

  static JsonNode average(List<JsonNode> values) {
    JsonNode sum = sum(values);
    return sum.isMissingNode() ? sum : Numbers.of(sum.doubleValue() / values.size());
  }

  static JsonNode least(List<JsonNode> values, int sign) {
    if (values.stream().anyMatch(JsonNode::isContainerNode)) {
      return Values.UNDEFINED;
    }
    return values.stream().min((a, b) -> sign * Values.compare(a, b)).orElse(Values.UNDEFINED);
  }
}
