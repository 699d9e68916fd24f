package dev.ephemeris.policy;

import java.util.Set;

/**
 * What a workload is in the catalog: the Component, or whatever else there, that names its
 * identity. It is nobody's member: what is its owner's counts for rules that name workloads, and
 * for no others.
 *
 * @param ref its entity reference, {@code component:default/orders-api}; decides nothing
 * @param owners the references of its owners, groups or users
 * @param groups its owner, if that is a group, and all groups above
 * @param owns what is its owner's too
 */
public record Component(
    String ref, Set<String> owners, Set<GroupRef> groups, Set<OwnedScope> owns) {
  public Component {
    owners = Set.copyOf(owners);
    groups = Set.copyOf(groups);
    owns = Set.copyOf(owns);
  }
}
