package dev.ephemeris.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A place in an account that rules tell from others: one that a rule names, or one for all that
 * none does. What rules decide anywhere is what they decide in one of these.
 *
 * @param pattern what people read; {@code *} is for any that has no place of its own
 * @param example a scope that stands for it
 */
record Place(ScopePattern pattern, Scope example) {

  /** All that {@code rules} tell apart; what is wider comes before what is narrower. */
  static List<Place> in(String account, Collection<Rule> rules) {
    List<ScopePattern> patterns =
        rules.stream()
            .flatMap(rule -> rule.scopes().stream())
            .filter(pattern -> pattern.namesAccount(account))
            .toList();
    Set<String> databases = new TreeSet<>();
    patterns.forEach(pattern -> pattern.database().ifPresent(databases::add));
    databases.remove(ScopePattern.ANY);
    List<Place> places = new ArrayList<>();
    places.add(of(account, List.of(), List.of()));
    addDatabase(places, account, ScopePattern.ANY, nameNotIn(databases), patterns);
    for (String database : databases) {
      addDatabase(places, account, database, database, patterns);
    }
    return List.copyOf(places);
  }

  private static void addDatabase(
      List<Place> places,
      String account,
      String database,
      String example,
      List<ScopePattern> patterns) {
    Set<String> containers = new TreeSet<>();
    patterns.stream()
        .filter(
            pattern ->
                pattern
                    .database()
                    .filter(name -> name.equals(ScopePattern.ANY) || name.equals(database))
                    .isPresent())
        .forEach(pattern -> pattern.container().ifPresent(containers::add));
    containers.remove(ScopePattern.ANY);
    places.add(of(account, List.of(database), List.of(example)));
    places.add(
        of(account, List.of(database, ScopePattern.ANY), List.of(example, nameNotIn(containers))));
    for (String container : containers) {
      places.add(of(account, List.of(database, container), List.of(example, container)));
    }
  }

  private static Place of(String account, List<String> path, List<String> example) {
    return new Place(
        new ScopePattern(account, path.stream().findFirst(), path.stream().skip(1).findFirst()),
        new Scope(account, example.stream().findFirst(), example.stream().skip(1).findFirst()));
  }

  private static String nameNotIn(Collection<String> names) {
    String name = "other";
    while (names.contains(name)) {
      name += "-";
    }
    return name;
  }
}
