package dev.ephemeris.cosmos.sql;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The built-in functions that are known here, under the service's names. A query that calls another
 * one is a {@link SyntaxError}.
 */
public enum Function {
  COUNT(1),
  SUM(1),
  MIN(1),
  MAX(1),
  AVG(1),

  IS_DEFINED(1),
  IS_NULL(1),
  IS_BOOL(1),
  /** What SDKs call {@link #IS_BOOL} when they resume an ordered query. */
  IS_BOOLEAN(1),
  IS_NUMBER(1),
  IS_STRING(1),
  IS_ARRAY(1),
  IS_OBJECT(1),
  IS_PRIMITIVE(1),

  STARTSWITH(2, 3),
  ENDSWITH(2, 3),
  CONTAINS(2, 3),
  STRINGEQUALS(2, 3),
  INDEX_OF(2),
  SUBSTRING(3),
  CONCAT(2, Integer.MAX_VALUE),
  LOWER(1),
  UPPER(1),
  LENGTH(1),
  TRIM(1),
  REVERSE(1),

  ARRAY_CONTAINS(2, 3),
  ARRAY_LENGTH(1),

  ABS(1),
  CEILING(1),
  FLOOR(1);

  private static final Map<String, Function> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Enum::name, f -> f));

  private final int least;
  private final int most;

  Function(int arguments) {
    this(arguments, arguments);
  }

  Function(int least, int most) {
    this.least = least;
    this.most = most;
  }

  /** The function of that name, in any case. */
  static Optional<Function> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toUpperCase(Locale.ROOT)));
  }

  /** Whether it makes one value of all rows. */
  public boolean isAggregate() {
    return switch (this) {
      case COUNT, SUM, MIN, MAX, AVG -> true;
      default -> false;
    };
  }

  boolean takes(int arguments) {
    return least <= arguments && arguments <= most;
  }

  String arity() {
    if (most == Integer.MAX_VALUE) {
      return "at least " + least;
    }
    return least == most ? Integer.toString(least) : least + " to " + most;
  }
}
