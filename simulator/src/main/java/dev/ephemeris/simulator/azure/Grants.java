package dev.ephemeris.simulator.azure;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** Who may do what with which resource: Azure's own roles, not those of data in Cosmos DB. */
final class Grants {

  private record Grant(String objectId, String scope, List<Pattern> actions) {

    boolean covers(String resource) {
      var own = scope.toLowerCase(Locale.ROOT);
      var asked = resource.toLowerCase(Locale.ROOT);
      return asked.equals(own) || asked.startsWith(own.endsWith("/") ? own : own + "/");
    }

    boolean allows(String action) {
      return actions.stream().anyMatch(pattern -> pattern.matcher(action).matches());
    }
  }

  private final List<Grant> grants = new CopyOnWriteArrayList<>();

  void add(String objectId, String scope, List<String> actions) {
    grants.add(new Grant(objectId, scope, actions.stream().map(Grants::pattern).toList()));
  }

  void removeAll(String objectId) {
    grants.removeIf(grant -> grant.objectId().equals(objectId));
  }

  /** Whether any of a principal's grants covers this; ids and actions are compared in any case. */
  boolean allow(String objectId, String action, String resource) {
    return grants.stream()
        .filter(grant -> grant.objectId().equals(objectId))
        .anyMatch(grant -> grant.covers(resource) && grant.allows(action));
  }

  /** Azure's wildcard stands for anything, slashes too. */
  private static Pattern pattern(String action) {
    return Pattern.compile(
        Pattern.quote(action).replace("*", "\\E.*\\Q"), Pattern.CASE_INSENSITIVE);
  }
}
