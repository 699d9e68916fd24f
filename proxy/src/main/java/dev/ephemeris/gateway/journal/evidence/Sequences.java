package dev.ephemeris.gateway.journal.evidence;

import java.util.ArrayList;
import java.util.List;

/** Sequences as people write them: {@code 3, 7–12, 40}. */
final class Sequences {

  private Sequences() {}

  /** Of ascending ones; {@code most} stretches of them, then how many are left out. */
  static String text(List<Long> ascending, int most) {
    List<String> stretches = new ArrayList<>();
    int i = 0;
    while (i < ascending.size() && stretches.size() < most) {
      int last = i;
      while (last + 1 < ascending.size() && ascending.get(last + 1) == ascending.get(last) + 1) {
        last++;
      }
      long from = ascending.get(i);
      long to = ascending.get(last);
      stretches.add(from == to ? String.valueOf(from) : from + "–" + to);
      i = last + 1;
    }
    String text = String.join(", ", stretches);
    return i < ascending.size() ? text + ", and " + (ascending.size() - i) + " more" : text;
  }
}
