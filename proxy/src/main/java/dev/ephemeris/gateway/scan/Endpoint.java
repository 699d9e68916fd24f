package dev.ephemeris.gateway.scan;

import dev.ephemeris.gateway.credential.Ascii;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a key opens something, by the host name that stands near it; in lower case. */
record Endpoint(Type type, String name) {

  enum Type {
    NOSQL,
    OTHER_API,
    LEASE
  }

  private record Domain(String text, Type type) {}

  private static final List<Domain> DOMAINS =
      List.of(
          new Domain(".documents.azure.", Type.NOSQL),
          new Domain(".cosmos.azure.", Type.OTHER_API),
          new Domain(".cosmosdb.azure.", Type.OTHER_API),
          new Domain(".lease.", Type.LEASE));

  /** As {@code ephemeris} makes them: they are long enough to be nothing else. */
  private static final int LEASE_ID = 27;

  private record Placed(int at, Endpoint endpoint) {}

  static Optional<Endpoint> first(String text) {
    return all(text).min(Comparator.comparing(Placed::at)).map(Placed::endpoint);
  }

  static Optional<Endpoint> last(String text) {
    return all(text).max(Comparator.comparing(Placed::at)).map(Placed::endpoint);
  }

  private static Stream<Placed> all(String text) {
    return DOMAINS.stream()
        .flatMap(
            domain ->
                Stream.iterate(
                        text.indexOf(domain.text),
                        at -> at >= 0,
                        at -> text.indexOf(domain.text, at + 1))
                    .flatMap(at -> at(text, at, domain.type).stream()));
  }

  private static Optional<Placed> at(String text, int domain, Type type) {
    // Another API's is called orders.mongo.cosmos.azure.com.
    int end = type == Type.OTHER_API ? label(text, domain) - 1 : domain;
    if (end < 0) {
      return Optional.empty();
    }
    String name = text.substring(label(text, end), end);
    boolean isName = type == Type.LEASE ? name.length() == LEASE_ID : !name.isEmpty();
    return isName ? Optional.of(new Placed(domain, new Endpoint(type, name))) : Optional.empty();
  }

  /** Where the label of a host name begins that ends there. */
  private static int label(String text, int end) {
    int start = end;
    while (start > 0
        && (Ascii.isAlphanumeric(text.charAt(start - 1)) || text.charAt(start - 1) == '-')) {
      start--;
    }
    return start;
  }
}
