package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom a rule is for. All criteria that are given must hold, and at least one is.
 *
 * <p>A workload that is a {@link Component} is as good as its owner for {@code groups} and {@code
 * owners}, but only where {@code principal} names workloads: whoever registers a Component gives it
 * nothing that is meant for people.
 *
 * @param groups a member of any of them
 * @param users any of them
 * @param owners whoever the catalog says owns what the rule is on; of its scopes they get theirs
 * @param issuer who signed in at the issuer of this name
 * @param claims what the issuer says of the caller, all of it; only with {@code issuer}, since
 *     another's claims may mean something else
 * @param principal this kind of principal
 * @param actsFor whoever acts for such a principal
 */
record Subjects(
    Optional<Set<GroupRef>> groups,
    Optional<Set<UserRef>> users,
    @Default("false") boolean owners,
    Optional<String> issuer,
    Optional<Map<String, ClaimPattern>> claims,
    Optional<PrincipalKind> principal,
    Optional<ActsFor> actsFor) {

  /** Whom an agent acts for. All criteria that are given must hold, and at least one is. */
  record ActsFor(
      Optional<Set<GroupRef>> groups,
      Optional<Set<UserRef>> users,
      Optional<PrincipalKind> principal) {
    ActsFor {
      if (groups.isEmpty() && users.isEmpty() && principal.isEmpty()) {
        throw new IllegalArgumentException(
            "for whom? expected groups, users, principal or several");
      }
      requireSome(groups, "groups");
      requireSome(users, "users");
    }

    boolean matches(Principal candidate) {
      return isInAny(groups, candidate, principal)
          && isAny(users, candidate)
          && principal.map(kind -> kind == candidate.kind()).orElse(true);
    }

    List<Optional<Principal>> examples() {
      List<Optional<Principal>> examples = new ArrayList<>();
      for (Optional<GroupRef> group : each(groups)) {
        for (Optional<UserRef> user : each(users)) {
          examples.add(
              Optional.of(
                  new Principal(
                      new PrincipalId("any", "any"),
                      principal.orElse(PrincipalKind.PERSON),
                      toString(),
                      user,
                      group.map(Set::of).orElse(Set.of()),
                      Set.of(),
                      Map.of(),
                      Optional.empty())));
        }
      }
      return examples;
    }

    @Override
    public String toString() {
      return described(groups, users, principal);
    }
  }

  Subjects {
    if (groups.isEmpty()
        && users.isEmpty()
        && !owners
        && issuer.isEmpty()
        && claims.isEmpty()
        && principal.isEmpty()
        && actsFor.isEmpty()) {
      throw new IllegalArgumentException(
          "for whom? expected groups, users, owners, issuer, claims, principal, actsFor or"
              + " several");
    }
    requireSome(groups, "groups");
    requireSome(users, "users");
    if (claims.filter(Map::isEmpty).isPresent()) {
      throw new InvalidField("expected at least one claim", "claims");
    }
    if (claims.isPresent() && issuer.isEmpty()) {
      throw new InvalidField(
          "whose claims? expected issuer beside them: what another issuer says may mean something"
              + " else",
          "claims");
    }
  }

  /** Members of any of these, of whatever kind. */
  static Subjects membersOf(Set<GroupRef> groups) {
    return new Subjects(
        Optional.of(Set.copyOf(groups)),
        Optional.empty(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same, as far as they are of this kind. */
  Subjects of(PrincipalKind kind) {
    return new Subjects(groups, users, owners, issuer, claims, Optional.of(kind), actsFor);
  }

  private static void requireSome(Optional<? extends Collection<?>> given, String key) {
    if (given.filter(Collection::isEmpty).isPresent()) {
      throw new InvalidField("expected at least one " + key.substring(0, key.length() - 1), key);
    }
  }

  boolean matches(Principal candidate) {
    return isInAny(groups, candidate, principal)
        && isAny(users, candidate)
        && (!owners || !owned(candidate).isEmpty())
        && issuer.map(name -> name.equals(candidate.id().issuer())).orElse(true)
        && claims.map(all -> hasAll(all, candidate)).orElse(true)
        && principal.map(kind -> kind == candidate.kind()).orElse(true)
        && actsFor.map(for_ -> candidate.actsFor().filter(for_::matches).isPresent()).orElse(true);
  }

  /**
   * Somebody of each kind, of each group and each user whom it is for, as far as no catalog is
   * asked.
   *
   * @param scopes what owners own of
   * @param key whose claims they have too
   */
  List<Principal> examples(List<ScopePattern> scopes, List<KeyPart> key) {
    Map<String, String> said = new HashMap<>();
    key.forEach(part -> part.claim().ifPresent(name -> said.put(name, "any")));
    claims.ifPresent(all -> all.forEach((name, wanted) -> said.put(name, wanted.example())));
    List<Principal> examples = new ArrayList<>();
    for (PrincipalKind kind : PrincipalKind.values()) {
      if (principal.isPresent() && principal.get() != kind) {
        continue;
      }
      for (Optional<GroupRef> group : each(groups)) {
        for (Optional<UserRef> user : each(users)) {
          for (Optional<Principal> whom :
              actsFor.map(ActsFor::examples).orElse(List.of(Optional.empty()))) {
            examples.add(
                new Principal(
                    new PrincipalId(issuer.orElse("any"), "any"),
                    kind,
                    toString(),
                    user,
                    group.map(Set::of).orElse(Set.of()),
                    owners ? OwnedScope.in(scopes) : Set.of(),
                    said,
                    whom));
          }
        }
      }
    }
    return examples;
  }

  /** Each of them; nobody in particular if there are none. */
  private static <T> List<Optional<T>> each(Optional<Set<T>> some) {
    return some.map(any -> any.stream().map(Optional::of).toList())
        .orElse(List.of(Optional.empty()));
  }

  /** What is the candidate's, to a rule that is for owners. */
  Set<OwnedScope> owned(Principal candidate) {
    return counted(candidate, principal)
        .map(component -> union(candidate.owns(), component.owns()))
        .orElse(candidate.owns());
  }

  private static boolean isInAny(
      Optional<Set<GroupRef>> groups, Principal candidate, Optional<PrincipalKind> named) {
    return groups.isEmpty()
        || !Collections.disjoint(
            groups.get(),
            counted(candidate, named)
                .map(component -> union(candidate.groups(), component.groups()))
                .orElse(candidate.groups()));
  }

  /** The Component that it is, where that counts. */
  private static Optional<Component> counted(Principal candidate, Optional<PrincipalKind> named) {
    return candidate
        .component()
        .filter(component -> named.filter(PrincipalKind.WORKLOAD::equals).isPresent());
  }

  private static <T> Set<T> union(Set<T> one, Set<T> other) {
    return Stream.concat(one.stream(), other.stream()).collect(toUnmodifiableSet());
  }

  private static boolean isAny(Optional<Set<UserRef>> users, Principal candidate) {
    return users.map(any -> candidate.user().filter(any::contains).isPresent()).orElse(true);
  }

  private static boolean hasAll(Map<String, ClaimPattern> claims, Principal candidate) {
    return claims.entrySet().stream()
        .allMatch(
            claim ->
                Optional.ofNullable(candidate.claims().get(claim.getKey()))
                    .filter(claim.getValue()::matches)
                    .isPresent());
  }

  /** For example {@code person in group:default/dba}. */
  @Override
  public String toString() {
    return described(groups, users, principal)
        + issuer.map(name -> " of issuer " + name).orElse("")
        + claims
            .map(
                all ->
                    all.entrySet().stream()
                        .map(claim -> claim.getKey() + " " + claim.getValue())
                        .sorted()
                        .collect(joining(" and ", " with ", "")))
            .orElse("")
        + (owners ? " who owns it" : "")
        + actsFor.map(whom -> " acting for " + whom).orElse("");
  }

  private static String described(
      Optional<Set<GroupRef>> groups,
      Optional<Set<UserRef>> users,
      Optional<PrincipalKind> principal) {
    return principal.map(kind -> kind.name().toLowerCase(Locale.ROOT)).orElse("anyone")
        + groups.map(any -> " in " + either(any)).orElse("")
        + users.map(any -> " who is " + either(any)).orElse("");
  }

  private static String either(Set<?> any) {
    return any.stream().map(Object::toString).sorted().collect(joining(" or "));
  }
}
