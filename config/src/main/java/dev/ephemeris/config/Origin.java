package dev.ephemeris.config;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Where entities of a catalog come from: what Backstage writes into their annotation {@code
 * backstage.io/managed-by-origin-location}, exactly; or a folder of such places, with {@code /*} at
 * the end for what is in it and {@code /**} for what is anywhere beneath it.
 */
public record Origin(String pattern) {

  private static final String IN_IT = "/*";
  private static final String BENEATH_IT = "/**";

  // Of a folder, with something between host and star: “url:https://*” would be everybody's.
  private static final Pattern FORM =
      Pattern.compile("[a-z][a-z0-9-]*:[^\\s*]*[^\\s*/:](/\\*\\*?)?");

  /**
   * What may follow a folder. Whoever registers a place chooses its spelling: not what a reader of
   * URLs takes for a way out of the folder, or cuts away.
   */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._~=,+@:-]+");

  /**
   * @throws IllegalArgumentException if it is neither
   */
  public Origin {
    if (!FORM.matcher(pattern).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no origin; expected one such as url:https://github.com/acme/org/blob/main/org.yaml, or url:https://github.com/acme/org/blob/main/** for all beneath"
              .formatted(pattern));
    }
  }

  /** As the constructor. */
  public static Origin parse(String text) {
    return new Origin(text);
  }

  /** Whether {@code location} is it, or in it. */
  public boolean covers(String location) {
    if (pattern.endsWith(BENEATH_IT)) {
      return isBeneath(pattern.substring(0, pattern.length() - 2), location, Integer.MAX_VALUE);
    }
    if (pattern.endsWith(IN_IT)) {
      return isBeneath(pattern.substring(0, pattern.length() - 1), location, 1);
    }
    return pattern.equals(location);
  }

  private static boolean isBeneath(String folder, String location, int depth) {
    if (!location.startsWith(folder)) {
      return false;
    }
    String[] names = location.substring(folder.length()).split("/", -1);
    return names.length <= depth
        && Arrays.stream(names)
            .allMatch(
                name -> PLAIN.matcher(name).matches() && !name.equals(".") && !name.equals(".."));
  }

  @Override
  public String toString() {
    return pattern;
  }
}
