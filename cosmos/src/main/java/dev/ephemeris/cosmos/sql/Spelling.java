package dev.ephemeris.cosmos.sql;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How a printed query has what somebody may have put into it. */
sealed interface Spelling {

  String literal(JsonNode value);

  /** The name of a property, where it stands in quotes. */
  String name(String property);

  /** A number of rows. */
  String rows(int rows);

  /** The values of IN, or the elements of an array, of which the same is to be written. */
  List<Expression> list(List<Expression> values);

  /** All of it. */
  record Exact() implements Spelling {

    @Override
    public String literal(JsonNode value) {
      return switch (value.getNodeType()) {
        case STRING -> quoted(value.textValue());
        case MISSING -> "undefined";
        default -> value.toString(); // JSON's spelling of numbers, booleans and null is SQL's
      };
    }

    @Override
    public String name(String property) {
      return quoted(property);
    }

    @Override
    public String rows(int rows) {
      return Integer.toString(rows);
    }

    @Override
    public List<Expression> list(List<Expression> values) {
      return values;
    }
  }

  /**
   * None of it. The name of a property stays if it is one that could stand without quotes: others
   * may be keys of a map, and as much anybody's data as values are.
   */
  record Shape() implements Spelling {

    private static final String GONE = "?";

    private static final Pattern WORD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    @Override
    public String literal(JsonNode value) {
      return GONE;
    }

    @Override
    public String name(String property) {
      return WORD.matcher(property).matches() ? quoted(property) : GONE;
    }

    @Override
    public String rows(int rows) {
      return GONE;
    }

    /** Values that follow one another are one: how many there are changes from call to call. */
    @Override
    public List<Expression> list(List<Expression> values) {
      List<Expression> list = new ArrayList<>();
      for (Expression value : values) {
        boolean another =
            value instanceof Expression.Literal
                && !list.isEmpty()
                && list.getLast() instanceof Expression.Literal;
        if (!another) {
          list.add(value);
        }
      }
      return list;
    }
  }

  private static String quoted(String value) {
    StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
    JsonStringEncoder.getInstance().quoteAsString(value, quoted);
    return quoted.append('"').toString();
  }
}
