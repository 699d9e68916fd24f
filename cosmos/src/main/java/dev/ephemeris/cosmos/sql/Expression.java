package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/** A scalar expression; {@link #at} says where in the text it stands. */
public sealed interface Expression {

  Span at();

  /** Text that parses to an equal expression. */
  default String text() {
    return Printer.print(this);
  }

  /** The expressions that this one is made of, in the order of the text. */
  default List<Expression> children() {
    return switch (this) {
      case Literal _, Parameter _, Name _ -> List.of();
      case Member member -> List.of(member.of());
      case Element element -> List.of(element.of(), element.index());
      case Call call -> call.arguments();
      case Not not -> List.of(not.operand());
      case Negative negative -> List.of(negative.operand());
      case And and -> and.terms();
      case Or or -> or.terms();
      case Binary binary -> List.of(binary.left(), binary.right());
      case In in -> Stream.concat(Stream.of(in.operand()), in.values().stream()).toList();
      case Between between -> List.of(between.operand(), between.low(), between.high());
      case ArrayOf array -> array.elements();
      case ObjectOf object -> object.fields().stream().map(Field::value).toList();
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

  /** The name that FROM gives to the item. */
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

  record Not(Expression operand, Span at) implements Expression {}

  record Negative(Expression operand, Span at) implements Expression {}

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

  /** One property of an {@link ObjectOf}. */
  record Field(String name, Expression value) {}

  /** The operators between two values, from the loosest to the tightest. */
  enum Operator {
    EQUAL("=", Precedence.COMPARISON),
    NOT_EQUAL("!=", Precedence.COMPARISON),
    LESS("<", Precedence.COMPARISON),
    LESS_OR_EQUAL("<=", Precedence.COMPARISON),
    GREATER(">", Precedence.COMPARISON),
    GREATER_OR_EQUAL(">=", Precedence.COMPARISON),
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
