package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A scalar expression; {@link #at} says where in the text it stands. */
public sealed interface Expression {

  Span at();

  /** Text that parses to an equal expression. */
  default String text() {
    return Printer.print(this);
  }

  /**
   * The expressions that this one is made of, in the order of the text; those of a subquery too,
   * where the subquery's FROM gives names of its own.
   */
  default List<Expression> children() {
    return switch (this) {
      case Literal _, Parameter _, Name _ -> List.of();
      case Member member -> List.of(member.of());
      case Element element -> List.of(element.of(), element.index());
      case Call call -> call.arguments();
      case UserDefinedCall call -> call.arguments();
      case Not not -> List.of(not.operand());
      case Negative negative -> List.of(negative.operand());
      case Complement complement -> List.of(complement.operand());
      case And and -> and.terms();
      case Or or -> or.terms();
      case Binary binary -> List.of(binary.left(), binary.right());
      case In in -> Stream.concat(Stream.of(in.operand()), in.values().stream()).toList();
      case Between between -> List.of(between.operand(), between.low(), between.high());
      case Like like -> List.of(like.operand(), like.pattern());
      case Conditional conditional ->
          List.of(conditional.condition(), conditional.then(), conditional.otherwise());
      case ArrayOf array -> array.elements();
      case ObjectOf object -> object.fields().stream().map(Field::value).toList();
      case Subquery subquery -> subquery.subquery().expressions();
      case Exists exists -> exists.subquery().expressions();
      case ArrayQuery array -> array.subquery().expressions();
      case All all -> all.subquery().expressions();
      case First first -> first.subquery().expressions();
      case Last last -> last.subquery().expressions();
    };
  }

  /** The query that this expression is made of, if it is made of one. */
  default Optional<Query> query() {
    return switch (this) {
      case Subquery(Query query, Span _) -> Optional.of(query);
      case Exists(Query query, Span _) -> Optional.of(query);
      case ArrayQuery(Query query, Span _) -> Optional.of(query);
      case All(Query query, Span _) -> Optional.of(query);
      case First(Query query, Span _) -> Optional.of(query);
      case Last(Query query, Span _) -> Optional.of(query);
      default -> Optional.empty();
    };
  }

  /**
   * A number, string, boolean, {@code null} or {@code undefined}.
   *
   * @param value a scalar node; undefined is Jackson's {@code MissingNode}
   */
  record Literal(JsonNode value, Span at) implements Expression {}

  /**
   * A value that the request gives beside the text.
   *
   * @param name with the {@code @}
   */
  record Parameter(String name, Span at) implements Expression {}

  /** A name that FROM or JOIN gives: of the item, of a part of it, of a row of a subquery. */
  record Name(String name, Span at) implements Expression {}

  /** A property: {@code of.name} and {@code of["name"]} are the same. */
  record Member(Expression of, String name, Span at) implements Expression {}

  /** An element of an array, or a property whose name is computed: {@code of[index]}. */
  record Element(Expression of, Expression index, Span at) implements Expression {}

  record Call(Function function, List<Expression> arguments, Span at) implements Expression {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  /** {@code udf.name(…)}: code that is stored with the container. */
  record UserDefinedCall(String name, List<Expression> arguments, Span at) implements Expression {
    public UserDefinedCall {
      arguments = List.copyOf(arguments);
    }
  }

  record Not(Expression operand, Span at) implements Expression {}

  record Negative(Expression operand, Span at) implements Expression {}

  /** {@code ~operand}: each bit turned over. */
  record Complement(Expression operand, Span at) implements Expression {}

  /** Two or more terms of which each must hold. */
  record And(List<Expression> terms, Span at) implements Expression {
    public And {
      terms = List.copyOf(terms);
    }
  }

  /** Two or more terms of which one must hold. */
  record Or(List<Expression> terms, Span at) implements Expression {
    public Or {
      terms = List.copyOf(terms);
    }
  }

  record Binary(Operator operator, Expression left, Expression right, Span at)
      implements Expression {}

  record In(Expression operand, List<Expression> values, Span at) implements Expression {
    public In {
      values = List.copyOf(values);
    }
  }

  record Between(Expression operand, Expression low, Expression high, Span at)
      implements Expression {}

  /**
   * {@code operand LIKE pattern}.
   *
   * @param escape what takes the next character of the pattern as it is
   */
  record Like(Expression operand, Expression pattern, Optional<Character> escape, Span at)
      implements Expression {}

  /** {@code condition ? then : otherwise}. */
  record Conditional(Expression condition, Expression then, Expression otherwise, Span at)
      implements Expression {}

  record ArrayOf(List<Expression> elements, Span at) implements Expression {
    public ArrayOf {
      elements = List.copyOf(elements);
    }
  }

  record ObjectOf(List<Field> fields, Span at) implements Expression {
    public ObjectOf {
      fields = List.copyOf(fields);
    }
  }

  /** {@code (SELECT …)}: the only row of a query. */
  record Subquery(Query subquery, Span at) implements Expression {}

  /** {@code EXISTS(SELECT …)}: whether a query has a row. */
  record Exists(Query subquery, Span at) implements Expression {}

  /** {@code ARRAY(SELECT …)}: the rows of a query. */
  record ArrayQuery(Query subquery, Span at) implements Expression {}

  /** {@code ALL(SELECT …)}: whether WHERE is false of no row. */
  record All(Query subquery, Span at) implements Expression {}

  /** {@code FIRST(SELECT …)}: the first row of a query. */
  record First(Query subquery, Span at) implements Expression {}

  /** {@code LAST(SELECT …)}: the last row of a query. */
  record Last(Query subquery, Span at) implements Expression {}

  /** One property of an {@link ObjectOf}. */
  record Field(String name, Expression value) {}

  /** The operators between two values, from the loosest to the tightest. */
  enum Operator {
    COALESCE("??", Precedence.COALESCE),
    EQUAL("=", Precedence.COMPARISON),
    NOT_EQUAL("!=", Precedence.COMPARISON),
    LESS("<", Precedence.COMPARISON),
    LESS_OR_EQUAL("<=", Precedence.COMPARISON),
    GREATER(">", Precedence.COMPARISON),
    GREATER_OR_EQUAL(">=", Precedence.COMPARISON),
    BIT_OR("|", Precedence.BIT_OR),
    BIT_XOR("^", Precedence.BIT_XOR),
    BIT_AND("&", Precedence.BIT_AND),
    SHIFT_LEFT("<<", Precedence.SHIFT),
    SHIFT_RIGHT(">>", Precedence.SHIFT),
    SHIFT_RIGHT_FILLING_ZEROS(">>>", Precedence.SHIFT),
    CONCATENATE("||", Precedence.CONCATENATION),
    ADD("+", Precedence.SUM),
    SUBTRACT("-", Precedence.SUM),
    MULTIPLY("*", Precedence.PRODUCT),
    DIVIDE("/", Precedence.PRODUCT),
    MODULO("%", Precedence.PRODUCT);

    private final String sign;
    private final Precedence precedence;

    Operator(String sign, Precedence precedence) {
      this.sign = sign;
      this.precedence = precedence;
    }

    String sign() {
      return sign;
    }

    Precedence precedence() {
      return precedence;
    }
  }
}
