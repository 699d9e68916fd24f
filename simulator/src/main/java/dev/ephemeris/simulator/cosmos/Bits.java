package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.ephemeris.cosmos.sql.Expression;

/** Bit operators, which take numbers as JavaScript does: as 32 bits with a sign. */
final class Bits {

  private Bits() {}

  static JsonNode complement(JsonNode value) {
    return value.isNumber() ? LongNode.valueOf(~bits(value)) : Values.UNDEFINED;
  }

  static JsonNode binary(Expression.Operator operator, JsonNode a, JsonNode b) {
    if (!a.isNumber() || !b.isNumber()) {
      return Values.UNDEFINED;
    }
    int x = bits(a);
    int y = bits(b);
    return LongNode.valueOf(
        switch (operator) {
          case BIT_OR -> x | y;
          case BIT_XOR -> x ^ y;
          case BIT_AND -> x & y;
          case SHIFT_LEFT -> x << y;
          case SHIFT_RIGHT -> x >> y;
          case SHIFT_RIGHT_FILLING_ZEROS -> Integer.toUnsignedLong(x >>> y);
          default -> throw new IllegalArgumentException(operator + " is not about bits");
        });
  }

  /** The number without its fraction, modulo 2³². */
  private static int bits(JsonNode value) {
    return value.isIntegralNumber() && value.canConvertToLong()
        ? (int) value.longValue()
        : value.decimalValue().toBigInteger().intValue();
  }
}
