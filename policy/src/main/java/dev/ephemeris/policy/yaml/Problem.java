package dev.ephemeris.policy.yaml;

import static java.util.Comparator.comparing;

import java.util.Comparator;

/**
 * One thing that is wrong in a file, and where.
 *
 * @param file the file's name as the reader was given it
 * @param line counted from 1
 * @param column counted from 1
 * @param message what is wrong, what was expected, and the nearest known name if there is one
 */
public record Problem(String file, int line, int column, String message) {

  /** By file, then from its top to its bottom. */
  static final Comparator<Problem> IN_ORDER =
      comparing(Problem::file).thenComparing(Problem::line).thenComparing(Problem::column);

  /** {@code file:line:column: message}, which editors and terminals turn into a link. */
  @Override
  public String toString() {
    return file + ":" + line + ":" + column + ": " + message;
  }
}
