package dev.ephemeris.policy;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  /** Those of these scopes that can be owned. */
  static Set<OwnedScope> in(List<ScopePattern> scopes) {
    Set<OwnedScope> owned = new HashSet<>();
    for (ScopePattern scope : scopes) {
      try {
        owned.add(new OwnedScope(scope.toString()));
      } catch (IllegalArgumentException ofEverything) {
        // Of everything, somebody owns this, for example.
        owned.add(
            new OwnedScope(
                new ScopePattern(scope.account(), Optional.of("any"), Optional.empty())
                    .toString()));
      }
    }
    return owned;
  }

  ScopePattern pattern() {
    return ScopePattern.parse(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
