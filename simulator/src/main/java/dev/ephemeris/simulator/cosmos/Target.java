package dev.ephemeris.simulator.cosmos;

import java.util.List;
import java.util.Optional;

/**
 * What a call's path points at, by name even if the path has RIDs. Names of what isn't there stay
 * as they were sent.
 *
 * @param container if it exists
 * @param scope in the form of a role assignment's scope: {@code /dbs/…/colls/…} at most
 */
record Target(Optional<Container> container, String scope) {

  static Target of(Call call, Account account) {
    ResourcePath path = call.path().signed(call.target());
    List<String> segments = path.segments();
    if (segments.size() < 2 || !segments.getFirst().equals("dbs")) {
      return new Target(Optional.empty(), "/");
    }
    Optional<Database> database =
        path.isByRid() ? account.databaseByRid(segments.get(1)) : account.database(segments.get(1));
    String scope = "/dbs/" + database.map(Database::id).orElse(segments.get(1));
    if (segments.size() < 4 || !segments.get(2).equals("colls")) {
      return new Target(Optional.empty(), scope);
    }
    String id = segments.get(3);
    Optional<Container> container =
        database.flatMap(
            parent -> path.isByRid() ? parent.containerByRid(id) : parent.container(id));
    return new Target(container, scope + "/colls/" + container.map(Container::id).orElse(id));
  }
}
