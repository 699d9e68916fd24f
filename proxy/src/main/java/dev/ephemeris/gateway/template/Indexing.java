package dev.ephemeris.gateway.template;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which properties are indexed.
 *
 * @param composite indexes over several properties, each in an order
 */
record Indexing(
    List<IndexPath> include, List<IndexPath> exclude, List<List<CompositePath>> composite) {
  private static final int MOST_PATHS = 100;
  private static final int MOST_COMPOSITE = 30;
  private static final int MOST_IN_ONE = 8;

  /** One property of a composite index. */
  record CompositePath(PropertyPath path, Order order) {}

  enum Order {
    ASCENDING,
    DESCENDING;

    static Order parse(String text) {
      return Suggestion.choose("order", text, Arrays.asList(values()));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Indexing {
    include = List.copyOf(include);
    exclude = List.copyOf(exclude);
    composite = composite.stream().map(List::copyOf).toList();
  }

  static Optional<Indexing> read(Fields fields) {
    int wrongs = fields.wrongs();
    Indexing indexing =
        new Indexing(
            fields.texts("include", MOST_PATHS, IndexPath::new),
            fields.texts("exclude", MOST_PATHS, IndexPath::new),
            fields.objectLists("composite", MOST_COMPOSITE, MOST_IN_ONE, Indexing::path));
    if (fields.wrongs() > wrongs) {
      return Optional.empty();
    }
    // Azure takes no policy that leaves open what becomes of the rest.
    if (indexing.include.contains(IndexPath.ALL) == indexing.exclude.contains(IndexPath.ALL)) {
      return fields.wrong(
          fields.path("include"),
          "expected /* either here or in exclude, for all other properties");
    }
    if (indexing.include.stream().anyMatch(indexing.exclude::contains)) {
      return fields.wrong(fields.path("exclude"), "it excludes what include has too");
    }
    if (indexing.composite.stream().anyMatch(each -> each.size() == 1)) {
      return fields.wrong(fields.path("composite"), "expected at least two properties in each");
    }
    return Optional.of(indexing);
  }

  private static Optional<CompositePath> path(Fields fields) {
    Optional<PropertyPath> path = fields.required("path", PropertyPath::new);
    Optional<Order> order = fields.text("order", Order::parse);
    return fields.has("order") && order.isEmpty()
        ? Optional.empty()
        : path.map(each -> new CompositePath(each, order.orElse(Order.ASCENDING)));
  }
}
