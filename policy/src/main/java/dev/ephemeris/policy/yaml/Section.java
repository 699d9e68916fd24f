package dev.ephemeris.policy.yaml;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.nodes.Node;

/** A record type seen as a section of a file: a key for each component. */
final class Section {
  private final Class<?> type;
  private final List<Field> fields;

  Section(Class<?> type) {
    this.type = type;
    this.fields = Arrays.stream(type.getRecordComponents()).map(Field::of).toList();
  }

  /** Whether {@code type} is written as a section; records that parse themselves are one word. */
  static boolean describes(Class<?> type) {
    return type.isRecord() && Leaf.parser(type).isEmpty();
  }

  List<Field> fields() {
    return fields;
  }

  /** The enum of the presets that may fill this section in; empty if none may. */
  Optional<Class<?>> presets() {
    return Optional.ofNullable(type.getAnnotation(Presets.class)).map(Presets::value);
  }

  /** The record of these values, or the exception its constructor refuses them with. */
  Object create(List<Object> values) {
    Class<?>[] types =
        Arrays.stream(type.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      throw Leaf.refusal(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no way to create a " + type, e);
    }
  }

  /** One key of a section. */
  record Field(String key, Type type, boolean optional, Optional<Node> fallback) {

    private static Field of(RecordComponent component) {
      Optional<Key> key = Optional.ofNullable(component.getAnnotation(Key.class));
      Optional<Default> fallback = Optional.ofNullable(component.getAnnotation(Default.class));
      return new Field(
          key.map(Key::value).orElse(component.getName()),
          component.getGenericType(),
          component.getType() == Optional.class,
          fallback.map(yaml -> Document.compose("default of " + component, yaml.value())));
    }

    /** What the file gives for this key, with the default for what it leaves out. */
    Optional<Node> fill(Optional<Node> given) {
      return given.isPresent() && fallback.isPresent()
          ? Optional.of(Document.filled(given.get(), fallback.get()))
          : given.or(() -> fallback);
    }
  }
}
