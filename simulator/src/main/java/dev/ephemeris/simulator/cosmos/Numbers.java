package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;

/** Arithmetic: on integers as long as it is exact, else on IEEE doubles. */
final class Numbers {

  /** Beyond it doubles skip integers. */
  private static final double EXACT = 1L << 53;

  private Numbers() {}

  static JsonNode add(JsonNode a, JsonNode b) {
    if (a.canConvertToExactIntegral() && b.canConvertToExactIntegral()) {
      try {
        return LongNode.valueOf(Math.addExact(a.longValue(), b.longValue()));
      } catch (ArithmeticException overflow) {
        return of(a.doubleValue() + b.doubleValue());
      }
    }
    return of(a.doubleValue() + b.doubleValue());
  }

  /** A number as JSON; one that JSON can't write is undefined. */
  static JsonNode of(double value) {
    if (!Double.isFinite(value)) {
      return MissingNode.getInstance();
    }
    return value == Math.rint(value) && Math.abs(value) < EXACT
        ? LongNode.valueOf((long) value)
        : DoubleNode.valueOf(value);
  }
}
