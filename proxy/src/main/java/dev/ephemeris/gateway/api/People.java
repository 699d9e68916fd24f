package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.EntityDirectory;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory.CatalogUser;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.Linked;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * As which principals those whom the catalog has now come to the gateway.
 *
 * <p>A catalog whose people are found by their subjects says so itself. Of those who are found by
 * something else, such as an address, the sessions say who they turned out to be.
 */
final class People {

  private final Grants grants;
  private final Sessions sessions;
  private final WorkerExecutor workers;

  /**
   * @param workers where a large catalog is gone through
   */
  People(Grants grants, Sessions sessions, WorkerExecutor workers) {
    this.grants = grants;
    this.sessions = sessions;
    this.workers = workers;
  }

  /**
   * By the refs of all Users, Groups and workloads of the catalog, whose principals are known; of a
   * group, its members', through other groups too.
   */
  Future<Map<String, Set<String>>> now() {
    Grants.Edition edition = grants.now();
    return sessions
        .known()
        .compose(known -> workers.executeBlocking(() -> principals(edition, known), false));
  }

  private static Map<String, Set<String>> principals(Grants.Edition edition, Set<Identity> known) {
    EntityDirectory everybody = edition.directory().everybody();
    Map<String, Set<String>> principals = new HashMap<>();
    everybody.catalog().users().keySet().forEach(user -> of(principals, user.toString()));
    everybody.catalog().groups().keySet().forEach(group -> of(principals, group.toString()));
    for (Map.Entry<Linked, CatalogUser> found : everybody.users().entrySet()) {
      Linked by = found.getKey();
      if (by.claim().isEmpty()) {
        String principal = new PrincipalId(by.issuer(), by.value()).toString();
        add(principals, principal, found.getValue().ref().toString(), found.getValue().groups());
      }
    }
    for (Map.Entry<PrincipalId, Component> workload : everybody.workloads().entrySet()) {
      of(principals, workload.getValue().ref()).add(workload.getKey().toString());
    }
    for (Identity who : known) {
      Principal principal = edition.principal(who.id(), who.kind(), "", who.claims());
      principal
          .user()
          .ifPresent(
              user -> add(principals, who.id().toString(), user.toString(), principal.groups()));
    }
    return principals;
  }

  private static void add(
      Map<String, Set<String>> principals,
      String principal,
      String user,
      Collection<GroupRef> groups) {
    of(principals, user).add(principal);
    groups.forEach(group -> of(principals, group.toString()).add(principal));
  }

  private static Set<String> of(Map<String, Set<String>> principals, String name) {
    return principals.computeIfAbsent(name, none -> new HashSet<>());
  }
}
