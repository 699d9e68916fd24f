package dev.ephemeris.simulator.cosmos;

import java.util.regex.Pattern;

/**
 * Which requests a fault is for.
 *
 * @param method as sent; {@code *} for any
 * @param path what all of the request target must match, as sent: percent escapes, query and all
 */
public record RequestPattern(String method, Pattern path) {

  /** Every request. */
  public static final RequestPattern ANY = of("*", ".*");

  /**
   * A pattern.
   *
   * @throws java.util.regex.PatternSyntaxException if the path is no regular expression
   */
  public static RequestPattern of(String method, String path) {
    return new RequestPattern(method, Pattern.compile(path));
  }

  boolean matches(String sentMethod, String target) {
    return (method.equals("*") || method.equals(sentMethod)) && path.matcher(target).matches();
  }
}
