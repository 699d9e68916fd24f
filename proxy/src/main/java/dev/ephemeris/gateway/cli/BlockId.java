package dev.ephemeris.gateway.cli;

import java.util.Optional;
import java.util.regex.Pattern;

/** A block's id, fit for a path. */
record BlockId(String value) {

  /** Where none was given yet. */
  static final BlockId NONE = new BlockId("");

  /** From openapi.yaml. */
  private static final Pattern FORM = Pattern.compile("b-[a-z2-7]{1,64}");

  /** The id, or empty if the text is none. */
  static Optional<BlockId> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new BlockId(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
