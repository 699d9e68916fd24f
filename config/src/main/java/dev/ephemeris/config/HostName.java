package dev.ephemeris.config;

import java.util.regex.Pattern;

/** A DNS name in lower case, without a port, for example {@code gateway.example.com}. */
public record HostName(String value) {
  // RFC 1123 §2.1: labels of letters, digits and inner hyphens.
  private static final Pattern FORM =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

  /**
   * @throws IllegalArgumentException if it isn't one
   */
  public HostName {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "expected a host name in lower case without a port, such as gateway.example.com");
    }
  }

  /** The same as the constructor, by the name under which values of a file are read. */
  public static HostName parse(String value) {
    return new HostName(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
