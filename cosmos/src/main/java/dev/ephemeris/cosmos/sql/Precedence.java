package dev.ephemeris.cosmos.sql;

/** How tightly the forms of an {@link Expression} hold together, the loosest first. */
enum Precedence {
  OR,
  AND,
  NOT,
  COMPARISON,
  CONCATENATION,
  SUM,
  PRODUCT,
  SIGN,
  PRIMARY;

  static Precedence of(Expression expression) {
    return switch (expression) {
      case Expression.Or _ -> OR;
      case Expression.And _ -> AND;
      case Expression.Not _ -> NOT;
      case Expression.In _, Expression.Between _ -> COMPARISON;
      case Expression.Binary binary -> binary.operator().precedence();
      case Expression.Negative _ -> SIGN;
      case Expression.Literal _,
          Expression.Parameter _,
          Expression.Name _,
          Expression.Member _,
          Expression.Element _,
          Expression.Call _,
          Expression.ArrayOf _,
          Expression.ObjectOf _ ->
          PRIMARY;
    };
  }

  /** The next tighter one. */
  Precedence tighter() {
    return switch (this) {
      case OR -> AND;
      case AND -> NOT;
      case NOT -> COMPARISON;
      case COMPARISON -> CONCATENATION;
      case CONCATENATION -> SUM;
      case SUM -> PRODUCT;
      case PRODUCT -> SIGN;
      case SIGN, PRIMARY -> PRIMARY;
    };
  }
}
