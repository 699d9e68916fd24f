package dev.ephemeris.policy;

/**
 * Something that has an owner, as the catalog names it: a scope, or one in every account, {@code
 * *:/dbs/shop/colls/orders}.
 */
public record OwnedScope(String text) {

  /**
   * @throws IllegalArgumentException if it isn't a scope, or one of everything there is
   */
  public OwnedScope {
    ScopePattern pattern = ScopePattern.parse(text);
    if (pattern.account().equals(ScopePattern.ANY)
        && pattern.path().stream().allMatch(ScopePattern.ANY::equals)) {
      throw new IllegalArgumentException(
          "nobody owns all of '%s'; expected the name of an account, a database or a container"
              .formatted(text));
    }
  }

  ScopePattern pattern() {
    return ScopePattern.parse(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
