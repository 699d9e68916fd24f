package dev.ephemeris.policy;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place that an action is done to: an account, one of its databases, or one of its containers.
 *
 * <p>Written as Azure writes scopes, with the account in front: {@code
 * orders-prod:/dbs/shop/colls/orders}. Names are case-sensitive, as in Cosmos DB.
 *
 * @param container only with a database
 */
public record Scope(String account, Optional<String> database, Optional<String> container) {

  private static final Pattern SHORT =
      Pattern.compile("(?<account>[^/:]+)(/(?<database>[^/]+)(/(?<container>[^/]+))?)?");

  /**
   * @throws IllegalArgumentException if a name is not one that Cosmos DB gives, or holds a {@code
   *     *}
   */
  public Scope {
    Naming.ACCOUNT.require(account);
    database.ifPresent(Naming.DATABASE::require);
    container.ifPresent(Naming.CONTAINER::require);
    if (container.isPresent() && database.isEmpty()) {
      throw new IllegalArgumentException("a container without its database");
    }
  }

  /** The whole account. */
  public static Scope of(String account) {
    return new Scope(account, Optional.empty(), Optional.empty());
  }

  /** A database, with its containers. */
  public static Scope of(String account, String database) {
    return new Scope(account, Optional.of(database), Optional.empty());
  }

  /** A container. */
  public static Scope of(String account, String database, String container) {
    return new Scope(account, Optional.of(database), Optional.of(container));
  }

  /**
   * Reads {@code account:/}, {@code account:/dbs/database} or {@code
   * account:/dbs/database/colls/container}.
   *
   * @throws IllegalArgumentException for anything else, a {@code *} included
   */
  public static Scope parse(String text) {
    ScopePattern pattern = ScopePattern.parse(text);
    return new Scope(pattern.account(), pattern.database(), pattern.container());
  }

  /**
   * A scope as it is written, of one as people write it too: {@code account}, {@code
   * account/database} or {@code account/database/container}. Any other text stays as it is.
   */
  public static String spelledOut(String text) {
    Matcher shortly = SHORT.matcher(text);
    if (!shortly.matches()) {
      return text;
    }
    String database = shortly.group("database");
    String container = shortly.group("container");
    return shortly.group("account")
        + ":/"
        + (database == null ? "" : "dbs/" + database)
        + (container == null ? "" : "/colls/" + container);
  }

  /** Whether {@code other} is this scope or lies within it. */
  public boolean covers(Scope other) {
    return pattern().covers(other);
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return pattern().toString();
  }

  private ScopePattern pattern() {
    return new ScopePattern(account, database, container);
  }
}
