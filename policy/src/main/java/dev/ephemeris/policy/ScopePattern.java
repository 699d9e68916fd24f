package dev.ephemeris.policy;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The scopes that a rule names: a {@link Scope} in which {@code *} stands for any one name.
 *
 * <p>What it names, it names with everything beneath, as Azure's scopes do.
 */
record ScopePattern(String account, Optional<String> database, Optional<String> container) {
  static final String ANY = "*";

  /** Every account. */
  static final ScopePattern EVERYTHING = new ScopePattern(ANY, Optional.empty(), Optional.empty());

  private static final Pattern FORM =
      Pattern.compile("([^:/]+):/(?:dbs/([^/]+)(?:/colls/([^/]+))?)?");

  /**
   * Reads {@code account:/}, {@code account:/dbs/database} or {@code
   * account:/dbs/database/colls/container}.
   *
   * @throws IllegalArgumentException for anything else
   */
  static ScopePattern parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a scope; expected account:/, account:/dbs/name or account:/dbs/name/colls/name"
              .formatted(text));
    }
    return new ScopePattern(
        nameOrAny(Naming.ACCOUNT, matcher.group(1)),
        Optional.ofNullable(matcher.group(2)).map(name -> nameOrAny(Naming.DATABASE, name)),
        Optional.ofNullable(matcher.group(3)).map(name -> nameOrAny(Naming.CONTAINER, name)));
  }

  /** Whether {@code scope} is named, or lies within what is named. */
  boolean covers(Scope scope) {
    return matches(account, scope.account())
        && within(database, scope.database())
        && within(container, scope.container());
  }

  /** Whether it covers every scope that {@code other} covers. */
  boolean covers(ScopePattern other) {
    return matches(account, other.account)
        && within(database, other.database)
        && within(container, other.container);
  }

  /** What both name; empty if there is nothing. */
  Optional<ScopePattern> and(ScopePattern other) {
    if (!meets(account, other.account)
        || !meets(database, other.database)
        || !meets(container, other.container)) {
      return Optional.empty();
    }
    return Optional.of(
        new ScopePattern(
            narrower(account, other.account),
            narrower(database, other.database),
            narrower(container, other.container)));
  }

  private static boolean meets(Optional<String> one, Optional<String> other) {
    return one.isEmpty() || other.isEmpty() || meets(one.get(), other.get());
  }

  private static boolean meets(String one, String other) {
    return matches(one, other) || matches(other, one);
  }

  private static Optional<String> narrower(Optional<String> one, Optional<String> other) {
    return one.isPresent() && other.isPresent()
        ? Optional.of(narrower(one.get(), other.get()))
        : one.or(() -> other);
  }

  private static String narrower(String one, String other) {
    return one.equals(ANY) ? other : one;
  }

  /** Whether it covers an account with all that is in it, or some place of whichever there are. */
  boolean isOfAWholeAccount() {
    return account.equals(ANY) || path().stream().allMatch(ANY::equals);
  }

  boolean namesAccount(String name) {
    return matches(account, name);
  }

  /** The names beneath the account: none, a database, or a database and a container. */
  List<String> path() {
    return Stream.of(database, container).flatMap(Optional::stream).toList();
  }

  /**
   * The patterns of the same account that name what this names and more, the nearest first: those
   * that name the database come before those that name any.
   */
  List<ScopePattern> around() {
    return Stream.of(
            new ScopePattern(account, database, container),
            new ScopePattern(account, database, container.map(name -> ANY)),
            new ScopePattern(account, database, Optional.empty()),
            new ScopePattern(account, database.map(name -> ANY), container),
            new ScopePattern(account, database.map(name -> ANY), container.map(name -> ANY)),
            new ScopePattern(account, database.map(name -> ANY), Optional.empty()),
            new ScopePattern(account, Optional.empty(), Optional.empty()))
        .distinct()
        .skip(1)
        .toList();
  }

  /** Whether something exists, or could, that both {@code scope} and this name. */
  boolean touches(Scope scope) {
    return matches(account, scope.account())
        && compatible(database, scope.database())
        && compatible(container, scope.container());
  }

  @Override
  public String toString() {
    return account
        + ":/"
        + database.map(name -> "dbs/" + name).orElse("")
        + container.map(name -> "/colls/" + name).orElse("");
  }

  private static boolean within(Optional<String> pattern, Optional<String> name) {
    return pattern.isEmpty() || (name.isPresent() && matches(pattern.get(), name.get()));
  }

  private static boolean compatible(Optional<String> pattern, Optional<String> name) {
    return name.isEmpty() || within(pattern, name);
  }

  private static boolean matches(String pattern, String name) {
    return pattern.equals(ANY) || pattern.equals(name);
  }

  private static String nameOrAny(Naming naming, String name) {
    return name.equals(ANY) ? ANY : naming.require(name);
  }
}
