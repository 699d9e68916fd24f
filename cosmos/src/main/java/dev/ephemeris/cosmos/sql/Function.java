package dev.ephemeris.cosmos.sql;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The service's built-in functions, as its manual lists them. A query that calls another one is a
 * {@link SyntaxError}. This is the one table of them: whoever runs or judges a query switches over
 * it.
 */
public enum Function {
  COUNT(Kind.AGGREGATE, 1, 1),
  SUM(Kind.AGGREGATE, 1, 1),
  MIN(Kind.AGGREGATE, 1, 1),
  MAX(Kind.AGGREGATE, 1, 1),
  AVG(Kind.AGGREGATE, 1, 1),

  IS_DEFINED(Kind.TYPE, 1, 1),
  IS_NULL(Kind.TYPE, 1, 1),
  IS_BOOL(Kind.TYPE, 1, 1),
  /** What SDKs call {@link #IS_BOOL} when they resume an ordered query. */
  IS_BOOLEAN(Kind.TYPE, 1, 1),
  IS_NUMBER(Kind.TYPE, 1, 1),
  IS_FINITE_NUMBER(Kind.TYPE, 1, 1),
  IS_INTEGER(Kind.TYPE, 1, 1),
  IS_STRING(Kind.TYPE, 1, 1),
  IS_ARRAY(Kind.TYPE, 1, 1),
  IS_OBJECT(Kind.TYPE, 1, 1),
  IS_PRIMITIVE(Kind.TYPE, 1, 1),

  CONCAT(Kind.STRING, 2, Integer.MAX_VALUE),
  CONTAINS(Kind.STRING, 2, 3),
  ENDSWITH(Kind.STRING, 2, 3),
  INDEX_OF(Kind.STRING, 2, 3),
  LEFT(Kind.STRING, 2, 2),
  LENGTH(Kind.STRING, 1, 1),
  LOWER(Kind.STRING, 1, 1),
  LTRIM(Kind.STRING, 1, 2),
  REGEXMATCH(Kind.STRING, 2, 3, "RegexMatch"),
  REPLACE(Kind.STRING, 3, 3),
  REPLICATE(Kind.STRING, 2, 2),
  REVERSE(Kind.STRING, 1, 1),
  RIGHT(Kind.STRING, 2, 2),
  RTRIM(Kind.STRING, 1, 2),
  STARTSWITH(Kind.STRING, 2, 3),
  STRINGEQUALS(Kind.STRING, 2, 3, "StringEquals"),
  STRINGJOIN(Kind.STRING, 2, 2, "StringJoin"),
  STRINGSPLIT(Kind.STRING, 2, 2, "StringSplit"),
  STRINGTOARRAY(Kind.STRING, 1, 1, "StringToArray"),
  STRINGTOBOOLEAN(Kind.STRING, 1, 1, "StringToBoolean"),
  STRINGTONULL(Kind.STRING, 1, 1, "StringToNull"),
  STRINGTONUMBER(Kind.STRING, 1, 1, "StringToNumber"),
  STRINGTOOBJECT(Kind.STRING, 1, 1, "StringToObject"),
  SUBSTRING(Kind.STRING, 3, 3),
  TOSTRING(Kind.STRING, 1, 1, "ToString"),
  TRIM(Kind.STRING, 1, 2),
  UPPER(Kind.STRING, 1, 1),

  ABS(Kind.MATH, 1, 1),
  ACOS(Kind.MATH, 1, 1),
  ASIN(Kind.MATH, 1, 1),
  ATAN(Kind.MATH, 1, 1),
  ATN2(Kind.MATH, 2, 2),
  CEILING(Kind.MATH, 1, 1),
  COS(Kind.MATH, 1, 1),
  COT(Kind.MATH, 1, 1),
  DEGREES(Kind.MATH, 1, 1),
  EXP(Kind.MATH, 1, 1),
  FLOOR(Kind.MATH, 1, 1),
  INTADD(Kind.MATH, 2, 2, "IntAdd"),
  INTBITAND(Kind.MATH, 2, 2, "IntBitAnd"),
  INTBITLEFTSHIFT(Kind.MATH, 2, 2, "IntBitLeftShift"),
  INTBITNOT(Kind.MATH, 1, 1, "IntBitNot"),
  INTBITOR(Kind.MATH, 2, 2, "IntBitOr"),
  INTBITRIGHTSHIFT(Kind.MATH, 2, 2, "IntBitRightShift"),
  INTBITXOR(Kind.MATH, 2, 2, "IntBitXor"),
  INTDIV(Kind.MATH, 2, 2, "IntDiv"),
  INTMOD(Kind.MATH, 2, 2, "IntMod"),
  INTMUL(Kind.MATH, 2, 2, "IntMul"),
  INTSUB(Kind.MATH, 2, 2, "IntSub"),
  LOG(Kind.MATH, 1, 2),
  LOG10(Kind.MATH, 1, 1),
  NUMBERBIN(Kind.MATH, 1, 2, "NumberBin"),
  PI(Kind.MATH, 0, 0),
  POWER(Kind.MATH, 2, 2),
  RADIANS(Kind.MATH, 1, 1),
  RAND(Kind.MATH, 0, 0),
  ROUND(Kind.MATH, 1, 2),
  SIGN(Kind.MATH, 1, 1),
  SIN(Kind.MATH, 1, 1),
  SQRT(Kind.MATH, 1, 1),
  SQUARE(Kind.MATH, 1, 1),
  TAN(Kind.MATH, 1, 1),
  TRUNC(Kind.MATH, 1, 1),

  ARRAY_AVG(Kind.ARRAY, 1, 1),
  ARRAY_CONCAT(Kind.ARRAY, 2, Integer.MAX_VALUE),
  ARRAY_CONTAINS(Kind.ARRAY, 2, 3),
  ARRAY_CONTAINS_ALL(Kind.ARRAY, 2, Integer.MAX_VALUE),
  ARRAY_CONTAINS_ANY(Kind.ARRAY, 2, Integer.MAX_VALUE),
  ARRAY_LENGTH(Kind.ARRAY, 1, 1),
  ARRAY_MAX(Kind.ARRAY, 1, 1),
  ARRAY_MEDIAN(Kind.ARRAY, 1, 1),
  ARRAY_MIN(Kind.ARRAY, 1, 1),
  ARRAY_SLICE(Kind.ARRAY, 2, 3),
  ARRAY_SUM(Kind.ARRAY, 1, 1),
  CHOOSE(Kind.ARRAY, 2, Integer.MAX_VALUE),
  OBJECTTOARRAY(Kind.ARRAY, 1, 3, "ObjectToArray"),
  SETINTERSECT(Kind.ARRAY, 2, 2, "SetIntersect"),
  SETUNION(Kind.ARRAY, 2, 2, "SetUnion"),

  DATETIMEADD(Kind.DATE, 3, 3, "DateTimeAdd"),
  DATETIMEBIN(Kind.DATE, 2, 4, "DateTimeBin"),
  DATETIMEDIFF(Kind.DATE, 3, 3, "DateTimeDiff"),
  DATETIMEFROMPARTS(Kind.DATE, 3, 7, "DateTimeFromParts"),
  DATETIMEPART(Kind.DATE, 2, 2, "DateTimePart"),
  DATETIMETOTICKS(Kind.DATE, 1, 1, "DateTimeToTicks"),
  DATETIMETOTIMESTAMP(Kind.DATE, 1, 1, "DateTimeToTimestamp"),
  GETCURRENTDATETIME(Kind.DATE, 0, 0, "GetCurrentDateTime"),
  GETCURRENTDATETIMESTATIC(Kind.DATE, 0, 0, "GetCurrentDateTimeStatic"),
  GETCURRENTTICKS(Kind.DATE, 0, 0, "GetCurrentTicks"),
  GETCURRENTTICKSSTATIC(Kind.DATE, 0, 0, "GetCurrentTicksStatic"),
  GETCURRENTTIMESTAMP(Kind.DATE, 0, 0, "GetCurrentTimestamp"),
  GETCURRENTTIMESTAMPSTATIC(Kind.DATE, 0, 0, "GetCurrentTimestampStatic"),
  TICKSTODATETIME(Kind.DATE, 1, 1, "TicksToDateTime"),
  TIMESTAMPTODATETIME(Kind.DATE, 1, 1, "TimestampToDateTime"),

  IIF(Kind.CONDITIONAL, 3, 3),

  DOCUMENTID(Kind.ITEM, 1, 1),

  ST_AREA(Kind.SPATIAL, 1, 1),
  ST_DISTANCE(Kind.SPATIAL, 2, 2),
  ST_INTERSECTS(Kind.SPATIAL, 2, 2),
  ST_ISVALID(Kind.SPATIAL, 1, 1),
  ST_ISVALIDDETAILED(Kind.SPATIAL, 1, 1),
  ST_WITHIN(Kind.SPATIAL, 2, 2),

  FULLTEXTCONTAINS(Kind.SEARCH, 2, 2, "FullTextContains"),
  FULLTEXTCONTAINSALL(Kind.SEARCH, 2, Integer.MAX_VALUE, "FullTextContainsAll"),
  FULLTEXTCONTAINSANY(Kind.SEARCH, 2, Integer.MAX_VALUE, "FullTextContainsAny"),
  FULLTEXTSCORE(Kind.SEARCH, 2, Integer.MAX_VALUE, "FullTextScore"),
  RRF(Kind.SEARCH, 2, Integer.MAX_VALUE),
  VECTORDISTANCE(Kind.SEARCH, 2, 4, "VectorDistance");

  /** What a function is about. */
  public enum Kind {
    /** It makes one value of all rows, or of each group of them. */
    AGGREGATE,
    TYPE,
    STRING,
    MATH,
    ARRAY,
    DATE,
    CONDITIONAL,
    ITEM,
    SPATIAL,
    SEARCH
  }

  private static final Map<String, Function> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Enum::name, f -> f));

  private final Kind kind;
  private final int least;
  private final int most;
  private final String spelling;

  Function(Kind kind, int least, int most) {
    this.kind = kind;
    this.least = least;
    this.most = most;
    this.spelling = name();
  }

  Function(Kind kind, int least, int most, String spelling) {
    this.kind = kind;
    this.least = least;
    this.most = most;
    this.spelling = spelling;
  }

  /** The function of that name, in any case. */
  static Optional<Function> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name.toUpperCase(Locale.ROOT)));
  }

  public Kind kind() {
    return kind;
  }

  /** The name as the manual writes it. */
  public String spelling() {
    return spelling;
  }

  /** Whether it makes one value of all rows. */
  public boolean isAggregate() {
    return kind == Kind.AGGREGATE;
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
