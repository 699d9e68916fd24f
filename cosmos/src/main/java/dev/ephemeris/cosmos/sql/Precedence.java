package dev.ephemeris.cosmos.sql;

/** How tightly the forms of an {@link Expression} hold together, the loosest first. */
enum Precedence {
  CONDITIONAL,
  COALESCE,
  OR,
  AND,
  NOT,
  COMPARISON,
  BIT_OR,
  BIT_XOR,
  BIT_AND,
  SHIFT,
  CONCATENATION,
  SUM,
  PRODUCT,
  SIGN,
  PRIMARY;

  static Precedence of(Expression expression) {
    return switch (expression) {
      case Expression.Conditional _ -> CONDITIONAL;
      case Expression.Or _ -> OR;
      case Expression.And _ -> AND;
      case Expression.Not _ -> NOT;
      case Expression.In _, Expression.Between _, Expression.Like _ -> COMPARISON;
      case Expression.Binary binary -> binary.operator().precedence();
      case Expression.Negative _, Expression.Complement _ -> SIGN;
      case Expression.Literal _,
          Expression.Parameter _,
          Expression.Name _,
          Expression.Member _,
          Expression.Element _,
          Expression.Call _,
          Expression.UserDefinedCall _,
          Expression.ArrayOf _,
          Expression.ObjectOf _,
          Expression.Subquery _,
          Expression.Exists _,
          Expression.ArrayQuery _,
          Expression.All _,
          Expression.First _,
          Expression.Last _ ->
          PRIMARY;
    };
  }

  /** The next tighter one. */
  Precedence tighter() {
    return switch (this) {
      case CONDITIONAL -> COALESCE;
      case COALESCE -> OR;
      case OR -> AND;
      case AND -> NOT;
      case NOT -> COMPARISON;
      case COMPARISON -> BIT_OR;
      case BIT_OR -> BIT_XOR;
      case BIT_XOR -> BIT_AND;
      case BIT_AND -> SHIFT;
      case SHIFT -> CONCATENATION;
      case CONCATENATION -> SUM;
      case SUM -> PRODUCT;
      case PRODUCT -> SIGN;
      case SIGN, PRIMARY -> PRIMARY;
    };
  }
}
