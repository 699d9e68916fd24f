package dev.ephemeris.cosmos.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

class QueryPropertyTest {

  private static final Span NOWHERE = new Span(0, 0);

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE) // their combinations would take a minute
  void whatIsPrintedParsesToAnEqualTree(@ForAll("queries") Query query) {
    assertThat(Query.parse(query.text())).isEqualTo(query);
  }

  @Property(tries = 50_000, edgeCases = EdgeCasesMode.NONE)
  @Tag("full")
  void whatIsPrintedParsesToAnEqualTreeHoweverOftenItIsTried(@ForAll("queries") Query query) {
    assertThat(Query.parse(query.text())).isEqualTo(query);
  }

  @Property(tries = 1_000_000, edgeCases = EdgeCasesMode.NONE)
  @Tag("full")
  void anySequenceOfWordsHasAnAnswerHoweverOftenItIsTried(@ForAll("words") String text) {
    staysEqual(text);
  }

  @Property
  void anyTextHasAnAnswerThatPrintsAndParsesAgain(@ForAll String text) {
    staysEqual(text);
  }

  @Property(tries = 5000)
  void anySequenceOfWordsHasAnAnswerThatPrintsAndParsesAgain(@ForAll("words") String text) {
    staysEqual(text);
  }

  private static void staysEqual(String text) {
    switch (Query.parse(text)) {
      case Query query -> assertThat(Query.parse(query.text())).isEqualTo(query);
      case SyntaxError error -> {
        assertThat(error.location().start()).isBetween(0, text.length());
        assertThat(error.location().end()).isBetween(error.location().start(), text.length());
      }
    }
  }

  @Property(tries = 5000)
  void queriesThatDifferInTheirLiteralsHaveOneShape(@ForAll("words") String text) {
    String other =
        text.replace("'s'", "'some secret'").replace("0x1F", "0xBEEF").replace("0.5", "77.75");

    if (Query.parse(text) instanceof Query query && Query.parse(other) instanceof Query changed) {
      assertThat(changed.shape())
          .isEqualTo(query.shape())
          .doesNotContain("some secret", "48879", "77.75");
    }
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void aShapeHasNoText(@ForAll("queries") Query query) {
    String shape = query.shape();

    assertThat(shape.replaceAll("\"[A-Za-z_][A-Za-z0-9_]*\"", "")).doesNotContain("\"", "'");
  }

  @Provide
  Arbitrary<String> words() {
    return Arbitraries.of(
            "c",
            ".",
            "a",
            "[",
            "]",
            "(",
            ")",
            "1",
            "0.5",
            "'s'",
            "\"t\"",
            "@p",
            "=",
            "<",
            "AND",
            "OR",
            "NOT",
            "IN",
            "BETWEEN",
            "-",
            "+",
            "*",
            ",",
            "ORDER BY",
            "GROUP BY",
            "SELECT VALUE",
            "FROM",
            "JOIN",
            "EXISTS(",
            "ARRAY(",
            "FIRST(SELECT",
            "LIKE",
            "ESCAPE",
            "udf.f(",
            "RANK",
            "?",
            "??",
            "&",
            "|",
            "~",
            ">>>",
            "0x1F",
            "DESC",
            "LOWER(",
            "COUNT(",
            "{",
            "}",
            ":",
            "||",
            "null",
            "WHERE",
            "AS",
            "--",
            "\n")
        .list()
        .ofMaxSize(25)
        .map(words -> "SELECT VALUE c FROM c WHERE " + String.join(" ", words));
  }

  @Provide
  Arbitrary<Query> queries() {
    return queries(2);
  }

  private static Arbitrary<Query> queries(int height) {
    Arbitrary<Expression> part = expressions(height);
    Arbitrary<Query.Count> counts =
        Arbitraries.oneOf(
            Arbitraries.integers().greaterOrEqual(0).map(Query.Count.Fixed::new),
            names().map(name -> new Query.Count.Parameter("@" + name)));
    Arbitrary<Optional<Query.Count>> top = counts.optional();
    Arbitrary<Selection> selections =
        Arbitraries.oneOf(
            part.map(Selection.Value::new),
            Combinators.combine(part, names().optional())
                .as(Selection.Property::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(Selection.Properties::new));
    Arbitrary<List<Query.Order>> orders =
        Combinators.combine(
                part, Arbitraries.of(Query.Direction.ASCENDING, Query.Direction.DESCENDING))
            .as(Query.Order::new)
            .list()
            .ofMaxSize(2);
    return Combinators.combine(
            top,
            Arbitraries.of(true, false),
            selections,
            froms(height),
            part.optional(),
            orders,
            Combinators.combine(counts, counts).as(Query.Page::new).optional())
        .as(
            (most, distinct, selection, from, where, orderBy, page) ->
                new Query(
                    most,
                    distinct,
                    selection,
                    Optional.of(from),
                    where,
                    List.of(),
                    orderBy,
                    false,
                    most.isPresent() ? Optional.empty() : page));
  }

  /** The container under the name that every expression uses, and sources that depend on it. */
  private static Arbitrary<From> froms(int height) {
    From.Source container =
        new From.Source(Optional.of("c"), false, new From.Path(new Expression.Name("c", NOWHERE)));
    Arbitrary<From.Collection> paths =
        Combinators.combine(texts(), Arbitraries.integers().greaterOrEqual(0))
            .as((name, index) -> new From.Path(path(name, index)));
    Arbitrary<From.Collection> rows = height == 0 ? paths : queries(height - 1).map(From.Rows::new);
    return Combinators.combine(Arbitraries.oneOf(paths, rows), Arbitraries.of(true, false))
        .as((of, iterated) -> new From.Source(Optional.of("joined"), iterated, of))
        .optional()
        .map(join -> new From(Stream.concat(Stream.of(container), join.stream()).toList()));
  }

  private static Expression path(String name, int index) {
    Expression member = new Expression.Member(new Expression.Name("c", NOWHERE), name, NOWHERE);
    return new Expression.Element(
        member, new Expression.Literal(LongNode.valueOf(index), NOWHERE), NOWHERE);
  }

  private static Arbitrary<Expression> expressions(int height) {
    if (height == 0) {
      return leaves();
    }
    Arbitrary<Expression> part = expressions(height - 1);
    return Arbitraries.oneOf(
        leaves(),
        Combinators.combine(part, texts())
            .as((of, name) -> new Expression.Member(of, name, NOWHERE)),
        Combinators.combine(part, part).as(QueryPropertyTest::element),
        part.map(of -> new Expression.Not(of, NOWHERE)),
        part.map(of -> new Expression.Negative(of, NOWHERE)),
        part.map(of -> new Expression.Complement(of, NOWHERE)),
        Combinators.combine(part, part, part)
            .as((condition, a, b) -> new Expression.Conditional(condition, a, b, NOWHERE)),
        Combinators.combine(part, part, Arbitraries.chars().optional())
            .as((operand, like, escape) -> new Expression.Like(operand, like, escape, NOWHERE)),
        Combinators.combine(names(), some(part, 0))
            .as((name, arguments) -> new Expression.UserDefinedCall(name, arguments, NOWHERE)),
        subqueries(),
        some(part, 2).map(terms -> new Expression.And(terms, NOWHERE)),
        some(part, 2).map(terms -> new Expression.Or(terms, NOWHERE)),
        Combinators.combine(Arbitraries.of(Expression.Operator.class), part, part)
            .as((operator, a, b) -> new Expression.Binary(operator, a, b, NOWHERE)),
        Combinators.combine(part, some(part, 1))
            .as((operand, values) -> new Expression.In(operand, values, NOWHERE)),
        Combinators.combine(part, part, part)
            .as((operand, low, high) -> new Expression.Between(operand, low, high, NOWHERE)),
        some(part, 0).map(elements -> new Expression.ArrayOf(elements, NOWHERE)),
        Combinators.combine(texts(), part)
            .as(Expression.Field::new)
            .list()
            .ofMaxSize(2)
            .map(fields -> new Expression.ObjectOf(fields, NOWHERE)),
        Combinators.combine(scalarFunctions(), part)
            .as(
                (function, argument) ->
                    new Expression.Call(
                        function, Collections.nCopies(arguments(function), argument), NOWHERE)));
  }

  private static Arbitrary<Expression> subqueries() {
    return Combinators.combine(queries(0), Arbitraries.integers().between(0, 5))
        .as(
            (query, form) ->
                switch (form) {
                  case 0 -> new Expression.Subquery(query, NOWHERE);
                  case 1 -> new Expression.Exists(query, NOWHERE);
                  case 2 -> new Expression.All(query, NOWHERE);
                  case 3 -> new Expression.First(query, NOWHERE);
                  case 4 -> new Expression.Last(query, NOWHERE);
                  default -> new Expression.ArrayQuery(query, NOWHERE);
                });
  }

  private static Arbitrary<Function> scalarFunctions() {
    return Arbitraries.of(Function.class).filter(function -> !function.isAggregate());
  }

  private static int arguments(Function function) {
    int count = 0;
    while (!function.takes(count)) {
      count++;
    }
    return count;
  }

  /** {@code c["a"]} is a member, so an element's index is anything but a string. */
  private static Expression element(Expression of, Expression index) {
    return index instanceof Expression.Literal(TextNode name, Span at)
        ? new Expression.Member(of, name.textValue(), at)
        : new Expression.Element(of, index, NOWHERE);
  }

  private static Arbitrary<List<Expression>> some(Arbitrary<Expression> part, int least) {
    return part.list().ofMinSize(least).ofMaxSize(3);
  }

  private static Arbitrary<Expression> leaves() {
    return Arbitraries.oneOf(
        Arbitraries.just(new Expression.Name("c", NOWHERE)),
        names().map(name -> new Expression.Parameter("@" + name, NOWHERE)),
        Arbitraries.oneOf(
                Arbitraries.of(NullNode.getInstance(), MissingNode.getInstance()),
                Arbitraries.of(BooleanNode.TRUE, BooleanNode.FALSE),
                texts().map(TextNode::valueOf),
                Arbitraries.longs().greaterOrEqual(0).map(LongNode::valueOf),
                Arbitraries.doubles().greaterOrEqual(0).map(DoubleNode::valueOf))
            .map(value -> new Expression.Literal(value, NOWHERE)));
  }

  private static Arbitrary<String> texts() {
    return Arbitraries.strings().ofMaxLength(8);
  }

  private static Arbitrary<String> names() {
    return Arbitraries.strings().withCharRange('a', 'z').ofLength(8);
  }
}
