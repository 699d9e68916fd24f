package dev.ephemeris.gateway.credential;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Where credentials stand in one text. Not thread-safe. */
final class Sightings {

  /**
   * @param to after its last character
   */
  record Sighting(Kind kind, int from, int to) {}

  private final List<Sighting> all = new ArrayList<>();

  void add(Kind kind, int from, int to) {
    all.add(new Sighting(kind, from, to));
  }

  /** Adds those of a text that was made of this one. */
  void addAll(Sightings others, IntUnaryOperator origin) {
    for (Sighting other : others.all) {
      add(other.kind, origin.applyAsInt(other.from), origin.applyAsInt(other.to));
    }
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** In their order; what overlaps is one. */
  List<Sighting> apart() {
    all.sort(Comparator.comparingInt(Sighting::from).thenComparing(Sighting::kind));
    List<Sighting> apart = new ArrayList<>();
    for (Sighting next : all) {
      if (!apart.isEmpty() && next.from < apart.getLast().to) {
        Sighting last = apart.removeLast();
        apart.add(new Sighting(last.kind, last.from, Math.max(last.to, next.to)));
      } else {
        apart.add(next);
      }
    }
    return apart;
  }
}
