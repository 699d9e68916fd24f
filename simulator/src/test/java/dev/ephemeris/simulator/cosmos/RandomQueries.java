package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/**
 * Items and queries over them, the same for the same seed: expressions of one type or undefined, of
 * what both engines compute alike. Where they differ over undefined, a default stands in for it:
 * see {@code differences.csv}. They are shallow: the other engine's parser needs twice the time for
 * each parenthesis.
 */
final class RandomQueries {

  private final Random random;

  /** How many names have been given yet, so that each is another. */
  private int names;

  RandomQueries(long seed) {
    this.random = new Random(seed);
  }

  ArrayNode items() {
    ArrayNode items = JsonNodeFactory.instance.arrayNode();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      ObjectNode item = items.addObject().put("id", "i" + i);
      if (random.nextInt(5) > 0) {
        item.put("n", random.nextInt(9) - 4);
      }
      if (random.nextInt(3) > 0) {
        item.put("m", (random.nextInt(33) - 16) / 4.0);
      }
      if (random.nextInt(5) > 0) {
        item.put("s", one("", "a", "b", "ab", "Abc", " b "));
      }
      if (random.nextInt(3) > 0) {
        item.put("b", random.nextBoolean());
      }
      if (random.nextInt(4) > 0) {
        ArrayNode tags = item.putArray("tags");
        random.ints(random.nextInt(4)).forEach(_ -> tags.add(one("x", "y", "z")));
      }
      switch (random.nextInt(6)) {
        case 0 -> item.putNull("z");
        case 1 -> item.put("z", 1);
        case 2 -> item.put("z", "a");
        case 3 -> item.putObject("z").put("k", random.nextInt(3));
        case 4 -> item.putArray("z").add(1);
        default -> {}
      }
    }
    return items;
  }

  String query() {
    String where = random.nextInt(3) > 0 ? " WHERE " + truth(2) : "";
    return switch (random.nextInt(8)) {
      case 0 -> "SELECT * FROM c" + where;
      case 1 -> "SELECT VALUE " + aggregate() + " FROM c" + where;
      case 2 -> "SELECT " + aggregate() + " AS a, COUNT(1) AS n FROM c" + where;
      case 3 -> "SELECT c.id, t FROM c JOIN t IN c.tags" + where;
      case 4 ->
          "SELECT VALUE t || 'x' FROM t IN c.tags WHERE t != " + text(0).replace("c.s", "'x'");
      case 5 -> top() + "VALUE c.id FROM c" + where + order();
      case 6 -> "SELECT " + any(2) + " AS p, " + any(2) + " AS q FROM c" + where;
      default -> "SELECT VALUE " + any(3) + " FROM c" + where;
    };
  }

  private String top() {
    return random.nextBoolean() ? "SELECT TOP " + random.nextInt(5) + " " : "SELECT ";
  }

  /** With the id at the end, so that there are no ties. */
  private String order() {
    return " ORDER BY "
        + one("c.n", "c.m", "c.s", "c.b")
        + one("", " DESC")
        + ", c.id"
        + one("", " DESC");
  }

  private String aggregate() {
    return switch (random.nextInt(5)) {
      case 0 -> "COUNT(" + one(number(2), text(2), truth(2), "c.z", "c.tags") + ")";
      case 1 -> "SUM(" + number(2) + ")";
      case 2 -> "AVG(" + number(1) + ")";
      case 3 -> "MIN(" + one(number(1), text(1)) + ")";
      default -> "MAX(" + one(number(1), text(1)) + ")";
    };
  }

  private String any(int depth) {
    return switch (random.nextInt(depth == 0 ? 4 : 8)) {
      case 0 -> number(depth);
      case 1 -> text(depth);
      case 2 -> truth(depth);
      case 3 -> one("c.z", "c.tags", "c.z.k", "c.z[0]", "c[\"tags\"][1]", "null");
      case 4 -> "[" + any(depth - 1) + ", " + any(depth - 1) + "]";
      case 5 -> "{\"k\": " + any(depth - 1) + ", 'l': " + any(depth - 1) + "}";
      case 6 -> {
        String tag = name();
        yield "ARRAY(SELECT VALUE %1$s FROM %1$s IN c.tags WHERE %1$s > %2$s)"
            .formatted(tag, text(0));
      }
      default -> "(SELECT VALUE COUNT(1) FROM " + name() + " IN c.tags WHERE " + truth(1) + ")";
    };
  }

  private String name() {
    names++;
    return "x" + names;
  }

  /** A number that is defined. */
  private String count(int depth) {
    return "(" + number(depth) + " ?? " + random.nextInt(4) + ")";
  }

  private String number(int depth) {
    if (depth == 0) {
      return one("c.n", "c.m", "0", "1", "2.5", "-3");
    }
    String a = number(depth - 1);
    String b = number(depth - 1);
    return switch (random.nextInt(11)) {
      case 0 -> "(" + a + one(" + ", " - ", " * ") + b + ")";
      case 1 -> a + one(" + ", " - ", " * ") + "(" + b + ")";
      case 2 -> one("ABS", "FLOOR", "CEILING", "SQUARE", "TRUNC", "SIGN") + "(" + a + ")";
      case 3 -> "(" + a + one(" & ", " | ", " ^ ", " << ", " >> ", " >>> ") + b + ")";
      case 4 -> "LENGTH(" + text(depth - 1) + ")";
      case 5 -> "ARRAY_LENGTH(c.tags)";
      case 6 -> "INDEX_OF(" + text(depth - 1) + ", " + text(0) + ")";
      case 7 -> "(" + truth(depth - 1) + " ? " + a + " : " + b + ")";
      case 8 -> "(" + a + " ?? " + b + ")";
      case 9 -> one("-", "~", "+") + "(" + a + ")";
      default -> "(" + a + one(" / 4", " % 3") + ")";
    };
  }

  private String text(int depth) {
    if (depth == 0) {
      return one("c.s", "c.s", "'a'", "\"b\"", "''", "'x'");
    }
    String a = text(depth - 1);
    return switch (random.nextInt(8)) {
      case 0 -> "(" + a + " || " + text(depth - 1) + ")";
      case 1 -> "CONCAT(" + a + ", " + text(depth - 1) + ", 'é')";
      case 2 -> one("LOWER", "UPPER", "REVERSE", "TRIM", "LTRIM", "RTRIM") + "(" + a + ")";
      case 3 -> "LEFT(" + a + ", " + random.nextInt(3) + ")";
      case 4 -> "SUBSTRING(" + a + ", " + random.nextInt(3) + ", " + random.nextInt(3) + ")";
      case 5 -> "(" + truth(depth - 1) + " ? " + a + " : " + text(depth - 1) + ")";
      case 6 -> "(" + a + " ?? " + text(depth - 1) + ")";
      default -> "ToString(" + one("c.s", "c.n", "c.b", "c.m") + ")";
    };
  }

  private String truth(int depth) {
    if (depth == 0) {
      return one("c.b", "true", "false", "c.n > 0", "c.s = 'a'");
    }
    String a = truth(depth - 1);
    String b = truth(depth - 1);
    return switch (random.nextInt(13)) {
      case 0 -> number(depth - 1) + comparison() + number(depth - 1);
      case 1 -> text(depth - 1) + comparison() + text(depth - 1);
      case 2 -> "(" + a + ") AND (" + b + ")";
      case 3 -> "(" + a + ") OR (" + b + ")";
      case 4 -> a + " AND " + b + " OR " + truth(depth - 1);
      case 5 -> "NOT (" + a + ")";
      case 6 -> count(depth - 1) + " IN (1, 2, " + count(depth - 1) + ")";
      case 7 -> "(" + count(depth - 1) + " BETWEEN " + count(0) + " AND " + count(0) + ")";
      case 8 ->
          one("STARTSWITH", "ENDSWITH", "CONTAINS") + "(" + text(depth - 1) + ", " + text(0) + ")";
      case 9 ->
          one(
                  "IS_DEFINED",
                  "IS_NULL",
                  "IS_BOOL",
                  "IS_NUMBER",
                  "IS_STRING",
                  "IS_ARRAY",
                  "IS_OBJECT",
                  "IS_PRIMITIVE")
              + "("
              + one("c.z", "c.z.k", "c.tags", "c.n", "c.s", "c.b")
              + ")";
      case 10 -> scalar() + one(" = ", " != ") + scalar();
      case 11 -> "ARRAY_CONTAINS((c.tags ?? []), " + one("'x'", "'y'", "(c.s ?? 'z')") + ")";
      default -> {
        String tag = name();
        yield "EXISTS(SELECT VALUE %1$s FROM %1$s IN c.tags WHERE %1$s = %2$s)"
            .formatted(tag, one("'x'", "c.s"));
      }
    };
  }

  /** Of any type. */
  private String scalar() {
    return one("c.n", "c.m", "c.s", "c.b", "c.z.k", "null", "1", "'a'", "true");
  }

  private String comparison() {
    return one(" = ", " != ", " <> ", " < ", " <= ", " > ", " >= ");
  }

  private String one(String... choices) {
    return List.of(choices).get(random.nextInt(choices.length));
  }
}
