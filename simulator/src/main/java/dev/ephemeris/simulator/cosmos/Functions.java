package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Function;
import java.util.List;

/** What the scalar functions compute. An argument of the wrong type makes the result undefined. */
final class Functions {

  private Functions() {}

  /** Whether the call is computed here as the service's manual says; else it is refused. */
  static boolean isSimulated(Expression.Call call) {
    return switch (call.function()) {
      case LTRIM, RTRIM, TRIM, ROUND, OBJECTTOARRAY -> call.arguments().size() == 1;
      case CHOOSE,
          DATETIMEBIN,
          GETCURRENTDATETIMESTATIC,
          GETCURRENTTICKSSTATIC,
          GETCURRENTTIMESTAMPSTATIC ->
          false;
      default ->
          switch (call.function().kind()) {
            case AGGREGATE, TYPE, STRING, MATH, ARRAY, DATE, CONDITIONAL -> true;
            case ITEM, SPATIAL, SEARCH -> false;
          };
    };
  }

  static JsonNode call(Function function, List<JsonNode> arguments) {
    return switch (function.kind()) {
      case TYPE -> type(function, arguments.getFirst());
      case STRING -> TextFunctions.call(function, arguments);
      case MATH -> MathFunctions.call(function, arguments);
      case ARRAY -> ArrayFunctions.call(function, arguments);
      case DATE -> DateFunctions.call(function, arguments);
      case CONDITIONAL -> arguments.get(Values.isTrue(arguments.getFirst()) ? 1 : 2);
      case AGGREGATE, ITEM, SPATIAL, SEARCH ->
          throw new IllegalArgumentException(function + " isn't computed from its arguments here");
    };
  }

  private static JsonNode type(Function function, JsonNode value) {
    return Values.of(
        switch (function) {
          case IS_DEFINED -> !value.isMissingNode();
          case IS_NULL -> value.isNull();
          case IS_BOOL, IS_BOOLEAN -> value.isBoolean();
          case IS_NUMBER, IS_FINITE_NUMBER -> value.isNumber(); // JSON has no other numbers
          case IS_INTEGER -> value.isNumber() && value.canConvertToExactIntegral();
          case IS_STRING -> value.isTextual();
          case IS_ARRAY -> value.isArray();
          case IS_OBJECT -> value.isObject();
          case IS_PRIMITIVE -> !value.isMissingNode() && !value.isContainerNode();
          default -> throw new IllegalArgumentException(function + " is not about types");
        });
  }
}
