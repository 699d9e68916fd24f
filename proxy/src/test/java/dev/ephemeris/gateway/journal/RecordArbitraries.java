package dev.ephemeris.gateway.journal;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Records of every type, with whatever their components can hold. */
public final class RecordArbitraries {

  private RecordArbitraries() {}

  /** With texts that are hard on whoever writes JSON or UTF-8. */
  public static Arbitrary<JournalRecord> nasty() {
    return records(
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(20),
            Arbitraries.strings()
                .withChars("\"\\/\u0000\b\n\r\t\u001f\u007f\u2028é…")
                .ofMaxLength(20),
            // Halves of pairs too, in any order.
            Arbitraries.strings().withCharRange('\ud800', '\udfff').ofMaxLength(4),
            Arbitraries.of("", "😀", "null", "{\"type\":\"decision\"}")));
  }

  /** With texts of which one alone may be too long. */
  static Arbitrary<JournalRecord> huge() {
    return records(
        Arbitraries.oneOf(
            Arbitraries.strings().ascii().ofMaxLength(40),
            Arbitraries.of("\u0001", "x", "é", "😀", "\ud800")
                .flatMap(unit -> Arbitraries.integers().between(1, 100_000).map(unit::repeat))));
  }

  private static Arbitrary<JournalRecord> records(Arbitrary<String> texts) {
    return Arbitraries.of(RecordType.values()).flatMap(type -> records(type.form(), texts));
  }

  private static Arbitrary<JournalRecord> records(
      Class<? extends JournalRecord> form, Arbitrary<String> texts) {
    RecordComponent[] components = form.getRecordComponents();
    List<Arbitrary<Object>> values =
        Arrays.stream(components)
            .map(component -> values(component.getGenericType(), texts).asGeneric())
            .toList();
    return Combinators.combine(values).as(parts -> make(form, components, parts));
  }

  private static JournalRecord make(
      Class<? extends JournalRecord> form, RecordComponent[] components, List<Object> values) {
    try {
      return form.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
          .newInstance(values.toArray());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Nothing else may be in a record, least of all a secret. */
  private static Arbitrary<?> values(Type type, Arbitrary<String> texts) {
    if (type instanceof ParameterizedType generic) {
      Arbitrary<?> inner = values(generic.getActualTypeArguments()[0], texts);
      if (generic.getRawType() == Optional.class) {
        return inner.optional();
      }
      if (generic.getRawType() == List.class) {
        return inner.list().ofMaxSize(8);
      }
    }
    if (type == String.class) {
      return texts;
    }
    if (type == Instant.class) {
      return Arbitraries.oneOf(
              seconds("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
              seconds(Instant.MIN.toString(), Instant.MAX.toString()))
          .flatMap(
              second ->
                  Arbitraries.of(0, 120_000_000, 1_000, 123_456_000, 999_999_000, 123_456_789)
                      .map(nano -> Instant.ofEpochSecond(second, nano)));
    }
    if (type == int.class || type == Integer.class) {
      return Arbitraries.integers();
    }
    if (type == long.class || type == Long.class) {
      return Arbitraries.longs();
    }
    if (type == double.class || type == Double.class) {
      return Arbitraries.doubles();
    }
    if (type == boolean.class) {
      return Arbitraries.of(true, false);
    }
    throw new IllegalArgumentException("a record holds text and numbers, no " + type);
  }

  private static Arbitrary<Long> seconds(String from, String to) {
    return Arbitraries.longs()
        .between(Instant.parse(from).getEpochSecond(), Instant.parse(to).getEpochSecond());
  }
}
