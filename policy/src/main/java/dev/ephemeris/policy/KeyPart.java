package dev.ephemeris.policy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One level of a rule's partition key: text, or what a claim of the caller says, <code>
 * ${claims.tenant}</code>.
 *
 * @param claim the name of the claim; empty for text
 */
record KeyPart(String text, Optional<String> claim) {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{claims\\.([^{}]+)}");

  /**
   * @throws IllegalArgumentException for anything else with <code>${</code> in it
   */
  static KeyPart parse(String text) {
    Matcher variable = VARIABLE.matcher(text);
    if (variable.matches()) {
      return new KeyPart(text, Optional.of(variable.group(1)));
    }
    if (text.contains("${")) {
      throw new IllegalArgumentException(
          "'%s' is no variable; expected text, or one such as ${claims.tenant} alone"
              .formatted(text));
    }
    return of(text);
  }

  /** That text, whatever is in it. */
  static KeyPart of(String text) {
    return new KeyPart(text, Optional.empty());
  }

  /**
   * The text for this caller. A claim that is missing, no text or empty is none: nobody is given a
   * key that they didn't prove to have.
   */
  Optional<KeyPart> resolved(Principal caller) {
    return claim.isEmpty()
        ? Optional.of(this)
        : Optional.ofNullable(caller.claims().get(claim.get()))
            .filter(said -> !said.isEmpty())
            .map(KeyPart::of);
  }

  @Override
  public String toString() {
    return text;
  }
}
