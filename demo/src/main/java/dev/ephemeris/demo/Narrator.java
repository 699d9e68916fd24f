package dev.ephemeris.demo;

import java.io.PrintWriter;

/** Tells the tour to whoever watches, and counts what didn't go as it should. */
final class Narrator {

  private static final int WIDTH = 96;

  private final PrintWriter out;
  private int chapter;
  private int steps;
  private int failures;

  Narrator(PrintWriter out) {
    this.out = out;
  }

  void chapter(String title) {
    chapter++;
    out.println();
    out.println(chapter + ". " + title);
    out.flush();
  }

  /** One step: what should be so, whether it is, and what was seen. */
  void expect(String what, boolean holds, String seen) {
    steps++;
    if (!holds) {
      failures++;
    }
    out.println("   " + (holds ? "ok    " : "FAILED") + " " + what);
    if (!seen.isBlank()) {
      wrapped(seen);
    }
    out.flush();
  }

  void broke(Exception e) {
    failures++;
    out.println("   FAILED the tour broke off: " + e);
    out.flush();
  }

  /** Says how it went; whether all was well. */
  boolean summary() {
    out.println();
    out.println(
        failures == 0
            ? "All " + steps + " steps did what they should."
            : failures + " of the steps didn't do what they should.");
    out.flush();
    return failures == 0;
  }

  private void wrapped(String text) {
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() + word.length() > WIDTH && !line.isEmpty()) {
        out.println("          " + line);
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    out.println("          " + line);
  }
}
