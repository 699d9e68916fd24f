package dev.ephemeris.gateway.cli;

import java.util.Optional;
import java.util.regex.Pattern;

/** An access request's id, fit for a path. */
record AccessRequestId(String value) {

  /** Where none was given yet. */
  static final AccessRequestId NONE = new AccessRequestId("");

  /** From openapi.yaml. */
  private static final Pattern FORM = Pattern.compile("ar-[a-z2-7]{1,64}");

  /** The id, or empty if the text is none. */
  static Optional<AccessRequestId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new AccessRequestId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
