package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Writes a tree as text, with no more parentheses than it needs. */
final class Printer {

  private final StringBuilder out = new StringBuilder();
  private final Spelling spelling;

  private Printer(Spelling spelling) {
    this.spelling = spelling;
  }

  static String print(Query query, Spelling spelling) {
    Printer printer = new Printer(spelling);
    printer.query(query);
    return printer.out.toString();
  }

  static String print(Expression expression) {
    Printer printer = new Printer(new Spelling.Exact());
    printer.expression(expression, Precedence.CONDITIONAL);
    return printer.out.toString();
  }

  private void query(Query query) {
    out.append("SELECT ");
    if (query.distinct()) {
      out.append("DISTINCT ");
    }
    query.top().ifPresent(top -> out.append("TOP ").append(count(top)).append(' '));
    selection(query.selection());
    query
        .from()
        .ifPresent(
            from -> {
              out.append(" FROM ");
              separated(from.sources(), " JOIN ", this::source);
            });
    query
        .where()
        .ifPresent(
            where -> {
              out.append(" WHERE ");
              expression(where, Precedence.CONDITIONAL);
            });
    if (!query.groupBy().isEmpty()) {
      list(" GROUP BY ", query.groupBy(), "");
    }
    if (!query.orderBy().isEmpty()) {
      out.append(query.ranked() ? " ORDER BY RANK " : " ORDER BY ");
      separated(query.orderBy(), ", ", this::order);
    }
    query
        .page()
        .ifPresent(
            page ->
                out.append(" OFFSET ")
                    .append(count(page.offset()))
                    .append(" LIMIT ")
                    .append(count(page.limit())));
  }

  private void source(From.Source source) {
    if (source.iterated()) {
      source.alias().ifPresent(alias -> out.append(alias).append(" IN "));
    }
    switch (source.of()) {
      case From.Path(Expression path) -> bare(path);
      case From.Rows(Query query) -> subquery("(", query);
    }
    if (!source.iterated()) {
      source.alias().ifPresent(alias -> out.append(" AS ").append(alias));
    }
  }

  private void subquery(String open, Query query) {
    out.append(open);
    query(query);
    out.append(')');
  }

  private String count(Query.Count count) {
    return switch (count) {
      case Query.Count.Fixed(int rows) -> spelling.rows(rows);
      case Query.Count.Parameter(String name) -> name;
    };
  }

  private void selection(Selection selection) {
    switch (selection) {
      case Selection.All() -> out.append('*');
      case Selection.Value(Expression expression) -> {
        out.append("VALUE ");
        expression(expression, Precedence.CONDITIONAL);
      }
      case Selection.Properties(List<Selection.Property> properties) ->
          separated(
              properties,
              ", ",
              property -> {
                expression(property.expression(), Precedence.CONDITIONAL);
                property.alias().ifPresent(alias -> out.append(" AS ").append(alias));
              });
    }
  }

  private void order(Query.Order order) {
    expression(order.expression(), Precedence.CONDITIONAL);
    switch (order.direction()) {
      case ASCENDING -> out.append(" ASC");
      case DESCENDING -> out.append(" DESC");
      case BEST_FIRST -> {}
    }
  }

  /** Writes an expression, in parentheses if it is looser than its place allows. */
  private void expression(Expression expression, Precedence atLeast) {
    boolean parentheses = Precedence.of(expression).compareTo(atLeast) < 0;
    out.append(parentheses ? "(" : "");
    bare(expression);
    out.append(parentheses ? ")" : "");
  }

  private void bare(Expression expression) {
    switch (expression) {
      case Expression.Literal literal -> out.append(spelling.literal(literal.value()));
      case Expression.Parameter parameter -> out.append(parameter.name());
      case Expression.Name name -> out.append(name.name());
      case Expression.Member member -> {
        expression(member.of(), Precedence.PRIMARY);
        out.append('[').append(spelling.name(member.name())).append(']');
      }
      case Expression.Element element -> {
        expression(element.of(), Precedence.PRIMARY);
        list("[", List.of(element.index()), "]");
      }
      case Expression.Call call -> list(call.function().spelling() + "(", call.arguments(), ")");
      case Expression.UserDefinedCall call ->
          list("udf." + call.name() + "(", call.arguments(), ")");
      case Expression.Not not -> {
        out.append("NOT ");
        boolean twice = not.operand() instanceof Expression.Not;
        expression(not.operand(), twice ? Precedence.NOT : Precedence.PRIMARY);
      }
      case Expression.Negative negative -> {
        out.append("- "); // two minus signs in a row would begin a comment
        expression(negative.operand(), Precedence.SIGN);
      }
      case Expression.Complement complement -> {
        out.append('~');
        expression(complement.operand(), Precedence.SIGN);
      }
      case Expression.And and ->
          separated(and.terms(), " AND ", term -> expression(term, Precedence.NOT));
      case Expression.Or or ->
          separated(or.terms(), " OR ", term -> expression(term, Precedence.AND));
      case Expression.Binary binary -> binary(binary);
      case Expression.In in -> {
        expression(in.operand(), Precedence.SHIFT);
        list(" IN (", spelling.list(in.values()), ")");
      }
      case Expression.Between between -> {
        expression(between.operand(), Precedence.SHIFT);
        out.append(" BETWEEN ");
        expression(between.low(), Precedence.SHIFT);
        out.append(" AND ");
        expression(between.high(), Precedence.SHIFT);
      }
      case Expression.Like like -> {
        expression(like.operand(), Precedence.SHIFT);
        out.append(" LIKE ");
        expression(like.pattern(), Precedence.SHIFT);
        like.escape()
            .ifPresent(
                escape ->
                    out.append(" ESCAPE ")
                        .append(spelling.literal(new TextNode(escape.toString()))));
      }
      case Expression.Conditional conditional -> {
        expression(conditional.condition(), Precedence.OR);
        out.append(" ? ");
        expression(conditional.then(), Precedence.CONDITIONAL);
        out.append(" : ");
        expression(conditional.otherwise(), Precedence.CONDITIONAL);
      }
      case Expression.Subquery(Query query, Span _) -> subquery("(", query);
      case Expression.Exists(Query query, Span _) -> subquery("EXISTS(", query);
      case Expression.ArrayQuery(Query query, Span _) -> subquery("ARRAY(", query);
      case Expression.All(Query query, Span _) -> subquery("ALL(", query);
      case Expression.First(Query query, Span _) -> subquery("FIRST(", query);
      case Expression.Last(Query query, Span _) -> subquery("LAST(", query);
      case Expression.ArrayOf array -> list("[", spelling.list(array.elements()), "]");
      case Expression.ObjectOf object -> {
        out.append('{');
        separated(object.fields(), ", ", this::field);
        out.append('}');
      }
    }
  }

  private void binary(Expression.Binary binary) {
    Precedence precedence = binary.operator().precedence();
    boolean comparison = precedence == Precedence.COMPARISON;
    expression(binary.left(), comparison ? Precedence.SHIFT : precedence);
    out.append(' ').append(binary.operator().sign()).append(' ');
    expression(binary.right(), comparison ? Precedence.SHIFT : precedence.tighter());
  }

  private void field(Expression.Field field) {
    out.append(spelling.name(field.name())).append(": ");
    expression(field.value(), Precedence.CONDITIONAL);
  }

  private void list(String open, List<Expression> expressions, String close) {
    out.append(open);
    separated(expressions, ", ", expression -> expression(expression, Precedence.CONDITIONAL));
    out.append(close);
  }

  private <T> void separated(List<T> parts, String separator, Consumer<T> write) {
    for (Iterator<T> i = parts.iterator(); i.hasNext(); ) {
      write.accept(i.next());
      out.append(i.hasNext() ? separator : "");
    }
  }
}
