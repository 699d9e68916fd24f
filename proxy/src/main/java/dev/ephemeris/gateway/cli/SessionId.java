package dev.ephemeris.gateway.cli;

import java.util.Optional;
import java.util.regex.Pattern;

/** A session's id, fit for a path. */
record SessionId(String value) {

  /** Where none was given yet. */
  static final SessionId NONE = new SessionId("");

  /** From openapi.yaml. */
  private static final Pattern FORM = Pattern.compile("s-[0-9a-f]{1,64}");

  /** The id, or empty if the text is none. */
  static Optional<SessionId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new SessionId(text)) : Optional.empty();
  }
}
