package dev.ephemeris.gateway.template;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What stands for a value in Bicep and in HCL, as far as templates have it. Immutable. */
sealed interface Value {

  /** A literal: whatever it holds, no expression begins in it. */
  record Text(String text) implements Value {}

  /** A literal that begins with what an expression is. */
  record Joined(Reference first, String rest) implements Value {}

  record Whole(long number) implements Value {}

  record Flag(boolean flag) implements Value {}

  /** Something by its name: words with full stops between them. */
  record Reference(String name) implements Value {}

  /** A function of values. */
  record Call(String function, List<Value> arguments) implements Value {
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  record Items(List<Value> items) implements Value {
    public Items {
      items = List.copyOf(items);
    }

    static Items of(List<?> texts) {
      return new Items(texts.stream().<Value>map(each -> new Text(each.toString())).toList());
    }
  }

  /** In the order in which they are written, which means something to readers only. */
  record Properties(Map<String, Value> values) implements Value {
    public Properties {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    Optional<Value> get(String key) {
      return Optional.ofNullable(values.get(key));
    }

    /** Properties, of which some may be left out. */
    static Builder with(String key, Value value) {
      return with().and(key, value);
    }

    static Builder with() {
      return new Builder();
    }
  }

  /** Properties that are being put together, one after the other. */
  final class Builder {
    private final Map<String, Value> values = new LinkedHashMap<>();

    Builder and(String key, Value value) {
      values.put(key, value);
      return this;
    }

    Builder and(String key, String text) {
      return and(key, new Text(text));
    }

    Builder and(String key, Optional<? extends Value> value) {
      value.ifPresent(there -> values.put(key, there));
      return this;
    }

    Properties done() {
      return new Properties(values);
    }
  }

  /** What is beneath it by these names. */
  default Value at(String... path) {
    Value value = this;
    for (String key : path) {
      value = value.find(key).orElseThrow(() -> new UnreadableTemplate("nothing is called " + key));
    }
    return value;
  }

  default Optional<Value> find(String key) {
    return this instanceof Properties properties ? properties.get(key) : Optional.empty();
  }

  default String text() {
    if (this instanceof Text literal) {
      return literal.text();
    }
    throw unreadable("a text");
  }

  default long number() {
    if (this instanceof Whole whole) {
      return whole.number();
    }
    throw unreadable("a number");
  }

  default List<Value> items() {
    if (this instanceof Items list) {
      return list.items();
    }
    throw unreadable("a list");
  }

  private UnreadableTemplate unreadable(String expected) {
    return new UnreadableTemplate("expected " + expected + ", not " + this);
  }
}
