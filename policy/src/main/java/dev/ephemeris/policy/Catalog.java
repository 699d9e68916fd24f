package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableSet;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The people and groups that there are, in the order in which they were given. Immutable.
 *
 * @param users every user, with every group that they are in, through other groups too
 * @param groups every group there is, with the groups that its members are in by being its members
 * @param owned what there is to own, by the entity ref of its owner, a user or a group
 * @param components what workloads there are, by entity ref
 */
public record Catalog(
    Map<UserRef, Set<GroupRef>> users,
    Map<GroupRef, Set<GroupRef>> groups,
    Map<String, Set<OwnedScope>> owned,
    Map<String, Component> components) {

  /** Nobody. */
  public static final Catalog EMPTY = new Catalog(Map.of(), Map.of(), Map.of());

  /** One without workloads. */
  public Catalog(
      Map<UserRef, Set<GroupRef>> users,
      Map<GroupRef, Set<GroupRef>> groups,
      Map<String, Set<OwnedScope>> owned) {
    this(users, groups, owned, Map.of());
  }

  public Catalog {
    users = copyOf(users);
    groups = copyOf(groups);
    owned = copyOf(owned);
    components = Collections.unmodifiableMap(new LinkedHashMap<>(components));
  }

  /** What is this user's, or one of these groups'. */
  public Set<OwnedScope> ownedBy(Optional<UserRef> user, Set<GroupRef> groups) {
    return ownedBy(owned, user, groups);
  }

  /** The same of a catalog that is in the making. */
  public static Set<OwnedScope> ownedBy(
      Map<String, Set<OwnedScope>> owned, Optional<UserRef> user, Set<GroupRef> groups) {
    return Stream.concat(user.stream(), groups.stream())
        .map(Object::toString)
        .flatMap(owner -> owned.getOrDefault(owner, Set.of()).stream())
        .collect(toUnmodifiableSet());
  }

  /** All groups that somebody is in who is known to be in {@code direct}. */
  Set<GroupRef> withAbove(Collection<GroupRef> direct) {
    return direct.stream()
        .flatMap(group -> Stream.concat(Stream.of(group), above(group).stream()))
        .collect(toUnmodifiableSet());
  }

  /** Whether whoever is in {@code group} is in {@code other}. */
  boolean isWithin(GroupRef group, GroupRef other) {
    return group.equals(other) || above(group).contains(other);
  }

  private Set<GroupRef> above(GroupRef group) {
    return Optional.ofNullable(groups.get(group)).orElse(Set.of());
  }

  /** The names of all groups, in the order of the alphabet. */
  SortedSet<String> groupNames() {
    return Collections.unmodifiableSortedSet(
        new TreeSet<>(groups.keySet().stream().map(GroupRef::toString).toList()));
  }

  /** The names of all users, in the order of the alphabet. */
  SortedSet<String> userNames() {
    return Collections.unmodifiableSortedSet(
        new TreeSet<>(users.keySet().stream().map(UserRef::toString).toList()));
  }

  /** The names of all workloads, in the order of the alphabet. */
  SortedSet<String> componentNames() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(components.keySet()));
  }

  private static <K, V> Map<K, Set<V>> copyOf(Map<K, Set<V>> map) {
    Map<K, Set<V>> copy = new LinkedHashMap<>();
    map.forEach((key, values) -> copy.put(key, Set.copyOf(values)));
    return Collections.unmodifiableMap(copy);
  }
}
