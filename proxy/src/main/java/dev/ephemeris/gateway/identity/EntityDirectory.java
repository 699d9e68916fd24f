package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.OwnedScope;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.UserRef;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the entities of a catalog mean, wherever they were read.
 *
 * <p>As in Backstage, membership is written from either side ({@code User.spec.memberOf}, {@code
 * Group.spec.members}), and a member of a group is a member of its parents ({@code
 * Group.spec.parent}, {@code Group.spec.children}). Unlike there, a reference to a Group that isn't
 * in the catalog means nothing: whoever registered it later would be given what others expected to
 * mean somebody else.
 *
 * <p>What is wrong grants nothing, and is among the flaws; the rest counts. Immutable.
 */
public final class EntityDirectory implements GroupDirectory {

  /** Nobody. */
  static final EntityDirectory EMPTY = of(List.of(), Map.of());

  private final Map<PrincipalId, CatalogUser> users;
  private final List<Entity> entities;
  private final Catalog catalog;
  private final List<Flaw> flaws;

  private EntityDirectory(
      Map<PrincipalId, CatalogUser> users,
      List<Entity> entities,
      Catalog catalog,
      List<Flaw> flaws) {
    this.users = Map.copyOf(users);
    this.entities = List.copyOf(entities);
    this.catalog = catalog;
    this.flaws = List.copyOf(flaws);
  }

  /**
   * @param annotations by issuer name, the annotation of a User that holds its subject there
   */
  static EntityDirectory of(List<Entity> entities, Map<String, String> annotations) {
    return of(entities, annotations, List.of());
  }

  /** The same, where some were too broken to be entities. */
  static EntityDirectory of(
      List<Entity> entities, Map<String, String> annotations, List<Flaw> unreadable) {
    return new Making(annotations, unreadable).of(entities);
  }

  /** One directory in the making. */
  private static final class Making {

    private final Map<String, String> annotations;
    private final List<Flaw> flaws;
    private final Map<String, Entity> byRef = new LinkedHashMap<>();

    /** For every User and Group, the Groups that it is directly in. */
    private final Map<String, Set<String>> above = new HashMap<>();

    /** By the reference of its owner, what there is to own. */
    private final Map<String, Set<OwnedScope>> owned = new HashMap<>();

    Making(Map<String, String> annotations, List<Flaw> unreadable) {
      this.annotations = annotations;
      this.flaws = new ArrayList<>(unreadable);
    }

    EntityDirectory of(List<Entity> read) {
      index(read);
      List<Entity> entities = List.copyOf(byRef.values());
      entities.forEach(this::linkGroups);
      own(entities);
      Map<UserRef, Set<GroupRef>> members = new LinkedHashMap<>();
      Map<GroupRef, Set<GroupRef>> groupsOfGroups = new LinkedHashMap<>();
      Map<PrincipalId, List<CatalogUser>> claims = new LinkedHashMap<>();
      for (Entity entity : entities) {
        Set<GroupRef> groups = groups(closure(entity.ref()));
        if (entity.is(Entity.GROUP)) {
          groupsOfGroups.put(GroupRef.parse(entity.ref()), groups);
        }
        if (entity.is(Entity.USER)) {
          UserRef ref = UserRef.parse(entity.ref());
          members.put(ref, groups);
          CatalogUser user =
              new CatalogUser(ref, groups, Catalog.ownedBy(owned, Optional.of(ref), groups));
          for (PrincipalId id : subjects(entity)) {
            claims.computeIfAbsent(id, none -> new ArrayList<>()).add(user);
          }
        }
      }
      return new EntityDirectory(
          uncontested(claims), entities, new Catalog(members, groupsOfGroups, owned), flaws);
    }

    /** Each by its reference; of two that have one, neither. */
    private void index(List<Entity> read) {
      Set<String> twice = new HashSet<>();
      for (Entity entity : read) {
        Entity other = byRef.putIfAbsent(entity.ref(), entity);
        if (other != null) {
          twice.add(entity.ref());
          broken(entity, entity.ref() + " is at " + other.place() + " too");
        }
      }
      byRef.keySet().removeAll(twice);
    }

    private void linkGroups(Entity entity) {
      if (entity.is(Entity.USER)) {
        entity.memberOf().forEach(group -> link(entity.ref(), group, entity));
      } else if (entity.is(Entity.GROUP)) {
        entity.parent().forEach(parent -> link(entity.ref(), parent, entity));
        entity.children().forEach(child -> link(child, entity.ref(), entity));
        entity.members().forEach(member -> link(member, entity.ref(), entity));
      }
    }

    private void link(String member, String group, Entity written) {
      for (String ref : List.of(member, group)) {
        if (!byRef.containsKey(ref)) {
          broken(written, written.ref() + " refers to " + ref + ", which isn't there");
          return;
        }
      }
      if (!group.startsWith(Entity.GROUP + ":")) {
        broken(written, written.ref() + ": " + group + " isn't a Group");
        return;
      }
      above.computeIfAbsent(member, ref -> new HashSet<>()).add(group);
    }

    private void own(List<Entity> entities) {
      Map<OwnedScope, List<Entity>> claims = new LinkedHashMap<>();
      for (Entity entity : entities) {
        for (OwnedScope scope : scopes(entity)) {
          claims.computeIfAbsent(scope, none -> new ArrayList<>()).add(entity);
        }
      }
      claims.forEach(
          (scope, claimants) -> {
            if (claimants.size() > 1) {
              contested(claimants.getLast(), scope.text(), refs(claimants));
              return;
            }
            for (String owner : claimants.getFirst().owner()) {
              owned.computeIfAbsent(owner, none -> new HashSet<>()).add(scope);
            }
          });
    }

    /** What it says that it is; nothing if it isn't right altogether. */
    private Set<OwnedScope> scopes(Entity entity) {
      if (entity.scopes().isEmpty()) {
        return Set.of();
      }
      for (String owner : entity.owner()) {
        if (!byRef.containsKey(owner)) {
          broken(entity, entity.ref() + " refers to " + owner + ", which isn't there");
          return Set.of();
        }
      }
      Set<OwnedScope> scopes = new LinkedHashSet<>();
      for (String scope : entity.scopes()) {
        try {
          scopes.add(new OwnedScope(scope));
        } catch (IllegalArgumentException e) {
          broken(entity, Entity.SCOPES + " of " + entity.ref() + ": " + e.getMessage());
          return Set.of();
        }
      }
      return scopes;
    }

    private List<PrincipalId> subjects(Entity user) {
      List<PrincipalId> subjects = new ArrayList<>();
      annotations.forEach(
          (issuer, annotation) ->
              (annotation.equals(Issuer.ENTITY_REF)
                      ? Optional.of(user.ref())
                      : user.annotation(annotation))
                  .ifPresent(subject -> subjects.add(new PrincipalId(issuer, subject))));
      return subjects;
    }

    private Map<PrincipalId, CatalogUser> uncontested(Map<PrincipalId, List<CatalogUser>> claims) {
      Map<PrincipalId, CatalogUser> users = new HashMap<>();
      claims.forEach(
          (id, claimants) -> {
            if (claimants.size() == 1) {
              users.put(id, claimants.getFirst());
              return;
            }
            Entity last = entity(claimants.getLast().ref().toString());
            contested(
                last,
                "the subject of " + id,
                claimants.stream()
                    .map(user -> user.ref().toString())
                    .collect(Collectors.joining(" and ")));
          });
      return users;
    }

    private Entity entity(String ref) {
      return Optional.ofNullable(byRef.get(ref)).orElseThrow();
    }

    /** Everything above, each once, so that a cycle ends. */
    private Set<String> closure(String ref) {
      Set<String> seen = new HashSet<>();
      Deque<String> open = new ArrayDeque<>(above.getOrDefault(ref, Set.of()));
      while (!open.isEmpty()) {
        String group = open.pop();
        if (seen.add(group)) {
          open.addAll(above.getOrDefault(group, Set.of()));
        }
      }
      return seen;
    }

    private static Set<GroupRef> groups(Set<String> refs) {
      return refs.stream().map(GroupRef::parse).collect(Collectors.toUnmodifiableSet());
    }

    private static String refs(List<Entity> entities) {
      return entities.stream().map(Entity::ref).collect(Collectors.joining(" and "));
    }

    private void broken(Entity entity, String what) {
      flaws.add(new Flaw.Broken(entity.place(), what));
    }

    private void contested(Entity entity, String what, String claimants) {
      flaws.add(
          new Flaw.Contested(
              entity.place(), claimants + " claim " + what + " both, and neither gets it"));
    }
  }

  /** What is wrong with the catalog, each with why it doesn't count. */
  List<Flaw> flaws() {
    return flaws;
  }

  /** Those that have a reference of their own. */
  List<Entity> entities() {
    return entities;
  }

  /**
   * By entity reference, what an annotation says of each entity that has it.
   *
   * @param kind {@code user} or {@code group}
   */
  public Map<String, String> annotated(String kind, String annotation) {
    return entities.stream()
        .filter(entity -> entity.is(kind))
        .filter(entity -> entity.annotation(annotation).isPresent())
        .collect(
            Collectors.toUnmodifiableMap(
                Entity::ref, entity -> entity.annotation(annotation).orElseThrow()));
  }

  /**
   * All Users, by ref, and Groups, as they are written; those too that are nobody to any issuer.
   */
  public Catalog catalog() {
    return catalog;
  }

  /** By whom a User is found, and the User; without those whom two Users claim to be. */
  public Map<PrincipalId, CatalogUser> users() {
    return users;
  }

  @Override
  public Optional<CatalogUser> find(PrincipalId principal) {
    return Optional.ofNullable(users.get(principal));
  }

  @Override
  public List<String> notices() {
    return flaws.stream().map(Flaw::text).toList();
  }
}
