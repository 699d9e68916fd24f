package dev.ephemeris.policy;

import java.util.regex.Pattern;

/** What the things that a policy speaks of may be called. */
enum Naming {
  ACCOUNT("an account", "3 to 44 lower-case letters, digits and hyphens", "[a-z0-9-]{3,44}"),
  ENVIRONMENT("an environment", "lower-case letters, digits and hyphens", "[a-z0-9][a-z0-9-]*"),
  DATABASE("a database", Naming.RESOURCE_RULE, Naming.RESOURCE),
  CONTAINER("a container", Naming.RESOURCE_RULE, Naming.RESOURCE);

  private static final String RESOURCE_RULE =
      "1 to 255 characters other than / \\ ? # * and control characters";
  // Cosmos DB reserves all of these but '*', which here stands for any name.
  private static final String RESOURCE = "[^/\\\\?#*\\p{IsControl}]{1,255}";

  private final String what;
  private final String rule;
  private final Pattern accepted;

  Naming(String what, String rule, String accepted) {
    this.what = what;
    this.rule = rule;
    this.accepted = Pattern.compile(accepted);
  }

  boolean accepts(String name) {
    return accepted.matcher(name).matches();
  }

  /**
   * The name, if it is one.
   *
   * @throws IllegalArgumentException with {@link #refusal} otherwise
   */
  String require(String name) {
    if (!accepts(name)) {
      throw new IllegalArgumentException(refusal(name));
    }
    return name;
  }

  /** Why {@code name} isn't accepted. */
  String refusal(String name) {
    return "'%s' can't be %s; expected %s".formatted(name, what, rule);
  }
}
