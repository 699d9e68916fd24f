package dev.ephemeris.policy;

/** What a claim must say: this, or with a trailing {@code *} whatever begins so. */
record ClaimPattern(String text) {

  /**
   * @throws IllegalArgumentException if it is empty, or has a {@code *} that isn't at its end
   */
  static ClaimPattern parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("expected what the claim says, or * for anything");
    }
    int star = text.indexOf('*');
    if (star >= 0 && star < text.length() - 1) {
      throw new IllegalArgumentException(
          "'%s' has a * that isn't at its end; expected one such as refs/heads/*".formatted(text));
    }
    return new ClaimPattern(text);
  }

  boolean matches(String value) {
    return isPrefix() ? value.startsWith(prefix()) : value.equals(text);
  }

  /** Whether it matches whatever {@code other} matches. */
  boolean covers(ClaimPattern other) {
    return isPrefix()
        ? (other.isPrefix() ? other.prefix() : other.text).startsWith(prefix())
        : equals(other);
  }

  /** Something that it matches. */
  String example() {
    return isPrefix() ? prefix() + "any" : text;
  }

  @Override
  public String toString() {
    return text;
  }

  private boolean isPrefix() {
    return text.endsWith("*");
  }

  private String prefix() {
    return text.substring(0, text.length() - 1);
  }
}
