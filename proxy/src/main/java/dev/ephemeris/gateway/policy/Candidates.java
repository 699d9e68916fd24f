package dev.ephemeris.gateway.policy;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.identity.CatalogFiles;
import dev.ephemeris.gateway.identity.CatalogFiles.CatalogException;
import dev.ephemeris.gateway.identity.EntityDirectory;
import dev.ephemeris.policy.Candidate;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.UserRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whom a catalog has, for questions that are asked of a policy before anybody comes. */
public final class Candidates {

  /** The issuer of those whom none that is known names. */
  private static final String CATALOG = "catalog";

  private Candidates() {}

  /**
   * Anyone, then whoever is in each group, both as each kind of principal; then each User, and each
   * workload. A User is what the issuers make of it that know it, else a person.
   *
   * @throws PolicyRefusedException if no catalog can be read from these files
   */
  public static List<Candidate> in(List<Path> files, List<Issuer> issuers)
      throws PolicyRefusedException {
    EntityDirectory catalog;
    try {
      catalog =
          CatalogFiles.read(
              files, issuers.stream().collect(Collectors.toMap(Issuer::name, Issuer::userKey)));
    } catch (CatalogException e) {
      throw new PolicyRefusedException(List.of(String.valueOf(e.getMessage())));
    }
    return in(catalog, issuers);
  }

  /** The same of a catalog that was read. */
  public static List<Candidate> in(EntityDirectory catalog, List<Issuer> issuers) {
    List<Candidate> candidates = new ArrayList<>(ofEachKind(catalog, "anyone", Set.of()));
    catalog
        .catalog()
        .groups()
        .forEach(
            (group, above) -> {
              Set<GroupRef> all = new HashSet<>(above);
              all.add(group);
              candidates.addAll(ofEachKind(catalog, group.toString(), all));
            });
    candidates.addAll(users(catalog, issuers));
    catalog
        .catalog()
        .components()
        .values()
        .forEach(
            component ->
                candidates.add(
                    new Candidate(
                        component.ref(),
                        Principal.workload(new PrincipalId(CATALOG, component.ref()), component))));
    return List.copyOf(candidates);
  }

  private static List<Candidate> users(EntityDirectory catalog, List<Issuer> issuers) {
    Map<String, PrincipalKind> kinds =
        issuers.stream().collect(Collectors.toMap(Issuer::name, Issuer::principal));
    Map<UserRef, List<PrincipalId>> subjects =
        catalog.users().entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    user -> user.getValue().ref(),
                    Collectors.mapping(
                        user -> new PrincipalId(user.getKey().issuer(), user.getKey().value()),
                        Collectors.toList())));
    List<Candidate> users = new ArrayList<>();
    catalog
        .catalog()
        .users()
        .forEach(
            (ref, groups) -> {
              for (PrincipalId id :
                  subjects.getOrDefault(ref, List.of(new PrincipalId(CATALOG, ref.toString())))) {
                PrincipalKind kind = kinds.getOrDefault(id.issuer(), PrincipalKind.PERSON);
                users.add(
                    new Candidate(
                        ref.toString(), principal(catalog, id, kind, Optional.of(ref), groups)));
              }
            });
    return users;
  }

  private static List<Candidate> ofEachKind(
      EntityDirectory catalog, String name, Set<GroupRef> groups) {
    List<Candidate> candidates = new ArrayList<>();
    for (PrincipalKind kind : PrincipalKind.values()) {
      candidates.add(
          new Candidate(
              name,
              principal(catalog, new PrincipalId(CATALOG, name), kind, Optional.empty(), groups)));
    }
    return candidates;
  }

  private static Principal principal(
      EntityDirectory catalog,
      PrincipalId id,
      PrincipalKind kind,
      Optional<UserRef> user,
      Set<GroupRef> groups) {
    return new Principal(
        id,
        kind,
        id.subject(),
        user,
        groups,
        catalog.catalog().ownedBy(user, groups),
        Map.of(),
        Optional.empty());
  }
}
