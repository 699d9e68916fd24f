package dev.ephemeris.policy;

import java.util.regex.Pattern;

/** The name of a way to tell people something: lower-case letters, digits and hyphens. */
public record Channel(String name) {
  private static final Pattern FORM = Pattern.compile("[a-z0-9][a-z0-9-]*");

  /**
   * @throws IllegalArgumentException if it isn't one
   */
  public Channel {
    if (!FORM.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no channel's name; expected lower-case letters, digits and hyphens"
              .formatted(name));
    }
  }

  /** The same as the constructor, by the name under which values of a file are read. */
  public static Channel parse(String name) {
    return new Channel(name);
  }

  @Override
  public String toString() {
    return name;
  }
}
