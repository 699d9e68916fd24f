package dev.ephemeris.gateway.cli;

import java.util.Optional;
import java.util.regex.Pattern;

/** A lease's id, fit for a path. */
record LeaseId(String value) {

  /** Where none was given yet. */
  static final LeaseId NONE = new LeaseId("");

  /** From openapi.yaml. */
  private static final Pattern FORM = Pattern.compile("[a-z2-7]{1,64}");

  /** The id, or empty if the text is none. */
  static Optional<LeaseId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new LeaseId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
