package dev.ephemeris.gateway.identity;

import static java.util.Comparator.comparing;

import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.UserField;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.OwnedScope;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.UserRef;
import dev.ephemeris.policy.azure.EntraIds;
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
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  private final Map<String, UserKey> keys;
  private final Map<Linked, CatalogUser> users;
  private final Map<PrincipalId, Component> components;
  private final List<Entity> entities;
  private final EntraIds objectIds;
  private final Catalog catalog;
  private final List<Flaw> flaws;

  private EntityDirectory(
      Map<String, UserKey> keys,
      Map<Linked, CatalogUser> users,
      Map<PrincipalId, Component> components,
      List<Entity> entities,
      Catalog catalog,
      List<Flaw> flaws) {
    this.keys = Map.copyOf(keys);
    this.users = Map.copyOf(users);
    this.components = Map.copyOf(components);
    this.entities = List.copyOf(entities);
    this.objectIds = objectIds(entities);
    this.catalog = catalog;
    this.flaws = List.copyOf(flaws);
  }

  /**
   * @param keys by issuer name, how its people are found
   */
  static EntityDirectory of(List<Entity> entities, Map<String, UserKey> keys) {
    return of(entities, keys, List.of());
  }

  /** The same, where some were too broken to be entities. */
  static EntityDirectory of(
      List<Entity> entities, Map<String, UserKey> keys, List<Flaw> unreadable) {
    return new Making(keys, unreadable).of(entities);
  }

  /** What two of them claim to be is neither, whatever kind they are of. */
  private static EntraIds objectIds(List<Entity> entities) {
    Map<String, String> said = new HashMap<>();
    for (Entity entity : entities) {
      if (!entity.is(Entity.GROUP)) {
        entity
            .annotation(entity.is(Entity.USER) ? EntraIds.USER_ID : Entity.OBJECT_ID)
            .ifPresent(id -> said.put(entity.ref(), id));
      }
    }
    return EntraIds.of(said);
  }

  /** One directory in the making. */
  private static final class Making {

    private final Map<String, UserKey> keys;
    private final List<Flaw> flaws;
    private final Map<String, Entity> byRef = new LinkedHashMap<>();

    /** For every User and Group, the Groups that it is directly in. */
    private final Map<String, Set<String>> above = new HashMap<>();

    /** By the reference of its owner, what there is to own. */
    private final Map<String, Set<OwnedScope>> owned = new HashMap<>();

    Making(Map<String, UserKey> keys, List<Flaw> unreadable) {
      this.keys = keys;
      this.flaws = new ArrayList<>(unreadable);
    }

    EntityDirectory of(List<Entity> read) {
      index(read);
      List<Entity> entities = List.copyOf(byRef.values());
      entities.forEach(this::linkGroups);
      own(entities);
      Map<UserRef, Set<GroupRef>> members = new LinkedHashMap<>();
      Map<GroupRef, Set<GroupRef>> groupsOfGroups = new LinkedHashMap<>();
      Map<Linked, List<Entity>> claims = new LinkedHashMap<>();
      for (Entity entity : entities) {
        Set<GroupRef> groups = groups(closure(entity.ref()));
        if (entity.is(Entity.GROUP)) {
          groupsOfGroups.put(GroupRef.parse(entity.ref()), groups);
        }
        if (entity.is(Entity.USER)) {
          members.put(UserRef.parse(entity.ref()), groups);
        }
        for (Linked id : entity.is(Entity.USER) ? found(entity) : workloads(entity)) {
          claims.computeIfAbsent(id, none -> new ArrayList<>()).add(entity);
        }
      }
      Map<Linked, CatalogUser> users = new HashMap<>();
      Map<PrincipalId, Component> workloads = new HashMap<>();
      Map<String, Component> components = new LinkedHashMap<>();
      uncontested(claims)
          .forEach(
              (id, entity) -> {
                if (entity.is(Entity.USER)) {
                  users.put(id, user(entity, members));
                } else {
                  Component component =
                      components.computeIfAbsent(
                          entity.ref(), first -> component(entity, groupsOfGroups));
                  workloads.put(new PrincipalId(id.issuer(), id.value()), component);
                }
              });
      return new EntityDirectory(
          keys,
          users,
          workloads,
          entities,
          new Catalog(members, groupsOfGroups, owned, components),
          flaws);
    }

    private CatalogUser user(Entity entity, Map<UserRef, Set<GroupRef>> members) {
      UserRef ref = UserRef.parse(entity.ref());
      Set<GroupRef> groups = members.getOrDefault(ref, Set.of());
      return new CatalogUser(ref, groups, Catalog.ownedBy(owned, Optional.of(ref), groups));
    }

    /** Its owner's groups and all above; but of what there is to own, its owner's alone. */
    private Component component(Entity entity, Map<GroupRef, Set<GroupRef>> groupsOfGroups) {
      Set<GroupRef> groups = new HashSet<>();
      Set<OwnedScope> owns = new HashSet<>();
      for (String owner : entity.owner()) {
        if (owner.startsWith(Entity.GROUP + ":")) {
          GroupRef group = GroupRef.parse(owner);
          groups.add(group);
          groups.addAll(groupsOfGroups.getOrDefault(group, Set.of()));
        }
        owns.addAll(owned.getOrDefault(owner, Set.of()));
      }
      return new Component(entity.ref(), Set.copyOf(entity.owner()), groups, owns);
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
      if (entity.scopes().isEmpty() || !isOwned(entity)) {
        return Set.of();
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

    /** Whether its owners are all there; it is broken if not. */
    private boolean isOwned(Entity entity) {
      Optional<String> missing =
          entity.owner().stream().filter(owner -> !byRef.containsKey(owner)).findFirst();
      missing.ifPresent(
          owner -> broken(entity, entity.ref() + " refers to " + owner + ", which isn't there"));
      return missing.isEmpty();
    }

    /** Which workloads it says that it is; none if it isn't right altogether. */
    private List<Linked> workloads(Entity entity) {
      if (entity.workloads().isEmpty() || entity.is(Entity.GROUP) || !isOwned(entity)) {
        return List.of();
      }
      List<Linked> workloads = new ArrayList<>();
      for (String line : entity.workloads()) {
        try {
          PrincipalId id = PrincipalId.parse(line);
          workloads.add(Linked.subject(id.issuer(), id.subject()));
        } catch (IllegalArgumentException e) {
          broken(entity, Entity.WORKLOADS + " of " + entity.ref() + ": " + e.getMessage());
          return List.of();
        }
      }
      return workloads;
    }

    /** By what each issuer's people would be found as this User. */
    private List<Linked> found(Entity user) {
      List<Linked> found = new ArrayList<>();
      keys.forEach(
          (issuer, key) ->
              value(user, key.field())
                  .ifPresent(
                      value ->
                          found.add(
                              new Linked(issuer, key.claim().map(ClaimPath::toString), value))));
      return found;
    }

    private static Optional<String> value(Entity user, UserField field) {
      return switch (field) {
        case UserField.Annotation(String name) -> user.annotation(name);
        case UserField.EntityReference() -> Optional.of(user.ref());
        case UserField.Name() -> Optional.of(user.writtenName());
        case UserField.Email() -> user.email();
      };
    }

    /** By what is said of them, those that are alone to claim it. */
    private Map<Linked, Entity> uncontested(Map<Linked, List<Entity>> claims) {
      Map<Linked, Entity> uncontested = new LinkedHashMap<>();
      claims.forEach(
          (id, claimants) -> {
            if (claimants.size() == 1) {
              uncontested.put(id, claimants.getFirst());
            } else {
              contested(claimants.getLast(), id.described(), refs(claimants));
            }
          });
      return uncontested;
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

  /** By what a User is found, and the User; without those whom two Users claim to be. */
  public Map<Linked, CatalogUser> users() {
    return users;
  }

  /** The workloads that something in the catalog is, and what. */
  public Map<PrincipalId, Component> workloads() {
    return components;
  }

  @Override
  public EntityDirectory everybody() {
    return this;
  }

  @Override
  public Optional<CatalogUser> find(Identity who) {
    String issuer = who.id().issuer();
    Optional<String> claim =
        Optional.ofNullable(keys.get(issuer)).flatMap(UserKey::claim).map(ClaimPath::toString);
    if (claim.isEmpty()) {
      return Optional.ofNullable(users.get(Linked.subject(issuer, who.id().subject())));
    }
    return who.kind() == PrincipalKind.PERSON
        ? Optional.ofNullable(who.claims().get(claim.get()))
            .map(said -> users.get(new Linked(issuer, claim, said)))
        : Optional.empty();
  }

  @Override
  public Optional<Component> component(Identity who) {
    return who.kind() == PrincipalKind.WORKLOAD
        ? Optional.ofNullable(components.get(who.id()))
        : Optional.empty();
  }

  @Override
  public Optional<UUID> objectId(Identity who) {
    return find(who)
        .map(user -> user.ref().toString())
        .or(() -> component(who).map(Component::ref))
        .flatMap(objectIds::id);
  }

  @Override
  public boolean isUntold(Identity who) {
    return who.kind() == PrincipalKind.PERSON
        && Optional.ofNullable(keys.get(who.id().issuer()))
            .flatMap(UserKey::claim)
            .filter(claim -> !who.claims().containsKey(claim.toString()))
            .isPresent();
  }

  @Override
  public List<Linked> linked(UserRef user) {
    return users.entrySet().stream()
        .filter(found -> found.getValue().ref().equals(user))
        .map(Map.Entry::getKey)
        .sorted(comparing(Linked::issuer).thenComparing(Linked::value))
        .toList();
  }

  @Override
  public Found found() {
    return new Found(
        counted(users.keySet().stream().map(Linked::issuer)),
        counted(components.keySet().stream().map(PrincipalId::issuer)));
  }

  private static Map<String, Integer> counted(Stream<String> issuers) {
    return issuers.collect(Collectors.toMap(issuer -> issuer, first -> 1, Integer::sum));
  }

  @Override
  public List<String> notices() {
    return flaws.stream().map(Flaw::text).toList();
  }
}
