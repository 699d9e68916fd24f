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
 * @param users by entity ref ({@code user:default/ada}), every group that they are in, through
 *     other groups too
 * @param groups every group there is, with the groups that its members are in by being its members
 */
public record Catalog(Map<String, Set<GroupRef>> users, Map<GroupRef, Set<GroupRef>> groups) {

  /** Nobody. */
  public static final Catalog EMPTY = new Catalog(Map.of(), Map.of());

  public Catalog {
    users = copyOf(users);
    groups = copyOf(groups);
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

  private static <K> Map<K, Set<GroupRef>> copyOf(Map<K, Set<GroupRef>> map) {
    Map<K, Set<GroupRef>> copy = new LinkedHashMap<>();
    map.forEach((key, groups) -> copy.put(key, Set.copyOf(groups)));
    return Collections.unmodifiableMap(copy);
  }
}
