package dev.ephemeris.gateway.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A file of Bicep, as far as templates have it: parameters and resources. Immutable. */
record Bicep(List<Param> params, List<Resource> resources) {
  private static final String INDENT = "  ";

  Bicep {
    params = List.copyOf(params);
    resources = List.copyOf(resources);
  }

  /**
   * A parameter.
   *
   * @param standard what it is unless something else is given
   */
  record Param(String name, String type, String description, Optional<Value> standard) {}

  /**
   * A resource.
   *
   * @param type with its API version
   * @param existing whether it is there already, and only spoken of
   */
  record Resource(String symbol, String type, boolean existing, Value.Properties body) {}

  /** As text, with comments above it. */
  String write(List<String> comments) {
    StringBuilder text = new StringBuilder(Language.BICEP.comments(comments));
    for (Param param : params) {
      text.append("\n@description(")
          .append(Language.BICEP.quoted(param.description()))
          .append(")\nparam ")
          .append(param.name())
          .append(' ')
          .append(param.type());
      param.standard().ifPresent(value -> text.append(" = ").append(write(value, "")));
      text.append('\n');
    }
    for (Resource resource : resources) {
      text.append("\nresource ")
          .append(resource.symbol())
          .append(' ')
          .append(Language.BICEP.quoted(resource.type()))
          .append(resource.existing() ? " existing = " : " = ")
          .append(write(resource.body(), ""))
          .append('\n');
    }
    return text.toString();
  }

  private static String write(Value value, String indent) {
    return switch (value) {
      case Value.Text(String text) -> Language.BICEP.quoted(text);
      case Value.Joined joined -> Language.BICEP.joined(joined);
      case Value.Whole(long number) -> Long.toString(number);
      case Value.Flag(boolean flag) -> Boolean.toString(flag);
      case Value.Reference(String name) -> name;
      case Value.Call(String function, List<Value> arguments) ->
          function
              + "("
              + String.join(", ", arguments.stream().map(each -> write(each, indent)).toList())
              + ")";
      case Value.Items(List<Value> items) -> {
        StringBuilder text = new StringBuilder("[\n");
        items.forEach(
            each ->
                text.append(indent)
                    .append(INDENT)
                    .append(write(each, indent + INDENT))
                    .append('\n'));
        yield text.append(indent).append(']').toString();
      }
      case Value.Properties(Map<String, Value> values) -> {
        StringBuilder text = new StringBuilder("{\n");
        values.forEach(
            (key, each) ->
                text.append(indent)
                    .append(INDENT)
                    .append(key)
                    .append(": ")
                    .append(write(each, indent + INDENT))
                    .append('\n'));
        yield text.append(indent).append('}').toString();
      }
    };
  }

  /**
   * Reads what {@link #write} writes: all of the text, or none of it.
   *
   * @throws UnreadableTemplate for anything else
   */
  static Bicep read(String text) {
    Tokens tokens = new Tokens(Language.BICEP, text);
    List<Param> params = new ArrayList<>();
    List<Resource> resources = new ArrayList<>();
    while (!tokens.isAtEnd()) {
      if (tokens.isAt('@')) {
        params.add(param(tokens));
      } else {
        resources.add(resource(tokens));
      }
    }
    return new Bicep(params, resources);
  }

  private static Param param(Tokens tokens) {
    tokens.take('@');
    takeWord(tokens, "description");
    tokens.take('(');
    String description = tokens.takeText();
    tokens.take(')');
    tokens.takeEndOfLine();
    takeWord(tokens, "param");
    String name = tokens.takeWord();
    String type = tokens.takeWord();
    Optional<Value> standard =
        tokens.took('=') ? Optional.of(tokens.takeScalar()) : Optional.empty();
    tokens.takeEndOfLine();
    return new Param(name, type, description, standard);
  }

  private static Resource resource(Tokens tokens) {
    takeWord(tokens, "resource");
    String symbol = tokens.takeWord();
    String type = tokens.takeText();
    boolean existing = !tokens.isAt('=');
    if (existing) {
      takeWord(tokens, "existing");
    }
    tokens.take('=');
    Value.Properties body = properties(tokens);
    tokens.takeEndOfLine();
    return new Resource(symbol, type, existing, body);
  }

  private static void takeWord(Tokens tokens, String word) {
    if (!tokens.takeWord().equals(word)) {
      throw tokens.unexpected(word + " before this");
    }
  }

  private static Value value(Tokens tokens) {
    if (tokens.isAt('{')) {
      return properties(tokens);
    }
    if (tokens.isAt('[')) {
      return items(tokens);
    }
    if (!(tokens.peek() instanceof Token.Word(String word))
        || word.equals("true")
        || word.equals("false")) {
      return tokens.takeScalar();
    }
    Value.Reference name = tokens.takeReference();
    if (!tokens.took('(')) {
      return name;
    }
    List<Value> arguments = new ArrayList<>();
    do {
      arguments.add(value(tokens));
    } while (tokens.took(','));
    tokens.take(')');
    return new Value.Call(name.name(), arguments);
  }

  private static Value items(Tokens tokens) {
    tokens.take('[');
    tokens.takeEndOfLine();
    List<Value> items = new ArrayList<>();
    while (!tokens.took(']')) {
      items.add(value(tokens));
      tokens.takeEndOfLine();
    }
    return new Value.Items(items);
  }

  private static Value.Properties properties(Tokens tokens) {
    tokens.take('{');
    tokens.takeEndOfLine();
    Map<String, Value> values = new LinkedHashMap<>();
    while (!tokens.took('}')) {
      String key = tokens.takeWord();
      tokens.take(':');
      if (values.put(key, value(tokens)) != null) {
        throw new UnreadableTemplate("two properties called " + key);
      }
      tokens.takeEndOfLine();
    }
    return new Value.Properties(values);
  }
}
