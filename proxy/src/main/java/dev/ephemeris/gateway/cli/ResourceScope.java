package dev.ephemeris.gateway.cli;

import dev.ephemeris.policy.Scope;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An account, a database in it, or a container in that.
 *
 * <p>People write {@code orders-prod/shop/orders}; the gateway says {@code
 * orders-prod:/dbs/shop/colls/orders}. Both are read, the second is written.
 */
record ResourceScope(String account, Optional<String> database, Optional<String> container) {

  /** Where none was given yet. */
  static final ResourceScope NONE = new ResourceScope("", Optional.empty(), Optional.empty());

  private static final String NAME = "([^/\\\\#?\\p{Cntrl}]+)";
  private static final Pattern ACCOUNT = Pattern.compile("[a-z0-9][a-z0-9-]*");
  private static final Pattern SPELLED_OUT =
      Pattern.compile("([^/:]+):/(?:dbs/" + NAME + "(?:/colls/" + NAME + ")?)?");

  /** The scope, or empty if the text is none. */
  static Optional<ResourceScope> parse(String text) {
    return Optional.of(SPELLED_OUT.matcher(Scope.spelledOut(text)))
        .filter(Matcher::matches)
        .filter(form -> ACCOUNT.matcher(form.group(1)).matches())
        .map(
            form ->
                new ResourceScope(
                    form.group(1),
                    Optional.ofNullable(form.group(2)),
                    Optional.ofNullable(form.group(3))));
  }

  /** Whether {@code other} is this scope or lies within it. */
  boolean contains(ResourceScope other) {
    return account.equals(other.account)
        && (database.isEmpty() || database.equals(other.database))
        && (container.isEmpty() || container.equals(other.container));
  }

  @Override
  public String toString() {
    return account
        + ":/"
        + database.map(name -> "dbs/" + name).orElse("")
        + container.map(name -> "/colls/" + name).orElse("");
  }
}
