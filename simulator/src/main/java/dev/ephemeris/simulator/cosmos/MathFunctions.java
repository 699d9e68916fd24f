package dev.ephemeris.simulator.cosmos;

import static dev.ephemeris.simulator.cosmos.Values.UNDEFINED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.ephemeris.cosmos.sql.Function;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Functions on numbers; where the mathematics has no answer, the result is undefined. */
final class MathFunctions {

  private MathFunctions() {}

  static JsonNode call(Function function, List<JsonNode> arguments) {
    return function.spelling().startsWith("Int")
        ? integers(function, arguments)
        : numbers(function, arguments);
  }

  private static JsonNode numbers(Function function, List<JsonNode> arguments) {
    if (!arguments.stream().allMatch(JsonNode::isNumber)) {
      return UNDEFINED;
    }
    double x = arguments.isEmpty() ? 0 : arguments.getFirst().doubleValue();
    double y = arguments.size() < 2 ? 0 : arguments.get(1).doubleValue();
    return Numbers.of(
        switch (function) {
          case ABS -> Math.abs(x);
          case ACOS -> Math.acos(x);
          case ASIN -> Math.asin(x);
          case ATAN -> Math.atan(x);
          case ATN2 -> Math.atan2(y, x); // the manual names x first
          case CEILING -> Math.ceil(x);
          case COS -> Math.cos(x);
          case COT -> 1 / Math.tan(x);
          case DEGREES -> x * 180 / Math.PI;
          case EXP -> Math.exp(x);
          case FLOOR -> Math.floor(x);
          case LOG -> arguments.size() == 1 ? Math.log(x) : Math.log(x) / Math.log(y);
          case LOG10 -> Math.log10(x);
          case NUMBERBIN -> bin(x, arguments.size() == 1 ? 1 : y);
          case PI -> Math.PI;
          case POWER -> Math.pow(x, y);
          case RADIANS -> x * Math.PI / 180;
          case RAND -> ThreadLocalRandom.current().nextDouble();
          case ROUND -> Math.signum(x) * Math.floor(Math.abs(x) + 0.5); // halves away from zero
          case SIGN -> Math.signum(x);
          case SIN -> Math.sin(x);
          case SQRT -> Math.sqrt(x);
          case SQUARE -> x * x;
          case TAN -> Math.tan(x);
          case TRUNC -> x < 0 ? Math.ceil(x) : Math.floor(x);
          default -> throw new IllegalArgumentException(function + " is not about numbers");
        });
  }

  private static double bin(double x, double size) {
    return Math.floor(x / size) * size;
  }

  /** On 64-bit integers, which wrap around. */
  private static JsonNode integers(Function function, List<JsonNode> arguments) {
    if (!arguments.stream().allMatch(MathFunctions::isLong)) {
      return UNDEFINED;
    }
    long x = arguments.getFirst().longValue();
    long y = arguments.getLast().longValue();
    boolean byZero = y == 0 && (function == Function.INTDIV || function == Function.INTMOD);
    return byZero
        ? UNDEFINED
        : LongNode.valueOf(
            switch (function) {
              case INTADD -> x + y;
              case INTSUB -> x - y;
              case INTMUL -> x * y;
              case INTDIV -> x / y;
              case INTMOD -> x % y;
              case INTBITAND -> x & y;
              case INTBITOR -> x | y;
              case INTBITXOR -> x ^ y;
              case INTBITNOT -> ~x;
              case INTBITLEFTSHIFT -> x << y;
              case INTBITRIGHTSHIFT -> x >> y;
              default -> throw new IllegalArgumentException(function + " is not about integers");
            });
  }

  private static boolean isLong(JsonNode value) {
    return value.isNumber() && value.canConvertToExactIntegral() && value.canConvertToLong();
  }
}
