package dev.ephemeris.gateway.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A file of HCL, Terraform's language, as far as templates have it. Immutable. */
record Hcl(List<Block> blocks) {
  private static final String INDENT = "  ";

  Hcl {
    blocks = List.copyOf(blocks);
  }

  /**
   * A block.
   *
   * @param attributes in their order, before the blocks within
   */
  record Block(String type, List<String> labels, Value.Properties attributes, List<Block> blocks) {
    Block {
      labels = List.copyOf(labels);
      blocks = List.copyOf(blocks);
    }

    static Block of(String type, Value.Properties attributes, Block... blocks) {
      return new Block(type, List.of(), attributes, List.of(blocks));
    }

    /** The blocks within of this type. */
    List<Block> within(String type) {
      return blocks.stream().filter(block -> block.type().equals(type)).toList();
    }

    Optional<Block> first(String type) {
      return within(type).stream().findFirst();
    }
  }

  /** As text, with comments above it; laid out as {@code terraform fmt} does. */
  String write(List<String> comments) {
    StringBuilder text = new StringBuilder(Language.HCL.comments(comments));
    blocks.forEach(block -> write(text.append('\n'), block, ""));
    return text.toString();
  }

  private static void write(StringBuilder text, Block block, String indent) {
    text.append(indent).append(block.type());
    block.labels().forEach(label -> text.append(' ').append(Language.HCL.quoted(label)));
    text.append(" {\n");
    attributes(text, block.attributes(), indent + INDENT);
    boolean first = block.attributes().values().isEmpty();
    for (Block inner : block.blocks()) {
      text.append(first ? "" : "\n");
      write(text, inner, indent + INDENT);
      first = false;
    }
    text.append(indent).append("}\n");
  }

  private static void attributes(StringBuilder text, Value.Properties attributes, String indent) {
    int widest =
        attributes.values().entrySet().stream()
            .filter(each -> !(each.getValue() instanceof Value.Properties))
            .mapToInt(each -> each.getKey().length())
            .max()
            .orElse(0);
    attributes
        .values()
        .forEach(
            (key, value) -> {
              boolean object = value instanceof Value.Properties;
              text.append(indent)
                  .append(key)
                  .append(" ".repeat(object ? 0 : widest - key.length()))
                  .append(" = ")
                  .append(write(value, indent))
                  .append('\n');
            });
  }

  private static String write(Value value, String indent) {
    return switch (value) {
      case Value.Text(String text) -> Language.HCL.quoted(text);
      case Value.Joined joined -> Language.HCL.joined(joined);
      case Value.Whole(long number) -> Long.toString(number);
      case Value.Flag(boolean flag) -> Boolean.toString(flag);
      case Value.Reference(String name) -> name;
      case Value.Call call -> throw new IllegalStateException("no template calls " + call);
      case Value.Items(List<Value> items) ->
          "[" + String.join(", ", items.stream().map(each -> write(each, indent)).toList()) + "]";
      case Value.Properties properties -> {
        StringBuilder text = new StringBuilder("{\n");
        attributes(text, properties, indent + INDENT);
        yield text.append(indent).append('}').toString();
      }
    };
  }

  /**
   * Reads what {@link #write} writes: all of the text, or none of it.
   *
   * @throws UnreadableTemplate for anything else
   */
  static Hcl read(String text) {
    Tokens tokens = new Tokens(Language.HCL, text);
    List<Block> blocks = new ArrayList<>();
    while (!tokens.isAtEnd()) {
      blocks.add(block(tokens, tokens.takeWord()));
    }
    return new Hcl(blocks);
  }

  private static Block block(Tokens tokens, String type) {
    List<String> labels = new ArrayList<>();
    while (!tokens.isAt('{')) {
      labels.add(tokens.takeText());
    }
    tokens.take('{');
    tokens.takeEndOfLine();
    Map<String, Value> attributes = new LinkedHashMap<>();
    List<Block> blocks = new ArrayList<>();
    while (!tokens.took('}')) {
      String name = tokens.takeWord();
      if (tokens.took('=')) {
        put(attributes, name, value(tokens));
        tokens.takeEndOfLine();
      } else {
        blocks.add(block(tokens, name));
      }
    }
    tokens.takeEndOfLine();
    return new Block(type, labels, new Value.Properties(attributes), blocks);
  }

  private static Value value(Tokens tokens) {
    if (tokens.took('[')) {
      List<Value> items = new ArrayList<>();
      do {
        items.add(value(tokens));
      } while (tokens.took(','));
      tokens.take(']');
      return new Value.Items(items);
    }
    if (tokens.took('{')) {
      tokens.takeEndOfLine();
      Map<String, Value> values = new LinkedHashMap<>();
      while (!tokens.took('}')) {
        String key = tokens.takeWord();
        tokens.take('=');
        put(values, key, value(tokens));
        tokens.takeEndOfLine();
      }
      return new Value.Properties(values);
    }
    return tokens.peek() instanceof Token.Word(String word)
            && !word.equals("true")
            && !word.equals("false")
        ? tokens.takeReference()
        : tokens.takeScalar();
  }

  private static void put(Map<String, Value> values, String key, Value value) {
    if (values.put(key, value) != null) {
      throw new UnreadableTemplate("two arguments called " + key);
    }
  }
}
