package dev.ephemeris.gateway.template;

import java.util.regex.Pattern;

/**
 * What an indexing policy includes or excludes: {@code /*}, {@code /customer/id/?}, {@code
 * /lines/[]/price/?}.
 */
record IndexPath(String text) {
  private static final int LONGEST = 255;
  private static final Pattern FORM =
      Pattern.compile("((" + PropertyPath.PART + "|/\\[\\]){1,10})?/[?*]");

  /** All that there is, which an indexing policy has to say something of. */
  static final IndexPath ALL = new IndexPath("/*");

  /**
   * @throws IllegalArgumentException if it is none
   */
  IndexPath {
    if (text.length() > LONGEST || !FORM.matcher(text).matches() || text.equals("/?")) {
      throw new IllegalArgumentException(
          "'%s' can't be indexed; expected one such as /*, /customer/id/? or /customer/*"
              .formatted(Fields.shown(text)));
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
