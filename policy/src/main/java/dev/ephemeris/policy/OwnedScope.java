package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableSet;

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
    if (isOfEverything(ScopePattern.parse(text))) {
      throw new IllegalArgumentException(
          "nobody owns all of '%s'; expected the name of an account, a database or a container"
              .formatted(text));
    }
  }

  private static boolean isOfEverything(ScopePattern scope) {
    return scope.account().equals(ScopePattern.ANY)
        && scope.path().stream().allMatch(ScopePattern.ANY::equals);
  }

  /** What owners of these scopes may own: the scopes, or of everything, something. */
  static Set<OwnedScope> in(List<ScopePattern> scopes) {
    return scopes.stream()
        .map(
            scope ->
                isOfEverything(scope)
                    ? new ScopePattern(scope.account(), Optional.of("any"), Optional.empty())
                    : scope)
        .map(scope -> new OwnedScope(scope.toString()))
        .collect(toUnmodifiableSet());
  }

  ScopePattern pattern() {
    return ScopePattern.parse(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
