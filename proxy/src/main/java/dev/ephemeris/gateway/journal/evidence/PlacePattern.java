package dev.ephemeris.gateway.journal.evidence;

import java.util.ArrayList;
import java.util.List;

/**
 * A scope as rules write it, in which {@code *} stands for any one name, with all that is beneath.
 *
 * @param names the account's, then the database's and the container's as far as it says
 */
record PlacePattern(List<String> names) {

  private static final String ANY = "*";

  PlacePattern {
    names = List.copyOf(names);
  }

  /** Of text as rules, policies and records have it. */
  static PlacePattern of(String scope) {
    int colon = scope.indexOf(':');
    if (colon < 0) {
      return new PlacePattern(List.of(scope));
    }
    List<String> names = new ArrayList<>(List.of(scope.substring(0, colon)));
    String[] parts = scope.substring(colon + 1).split("/", -1);
    // "/dbs/{db}/colls/{coll}": a name after each of the words.
    for (int i = 2; i < parts.length; i += 2) {
      names.add(parts[i]);
    }
    return new PlacePattern(names);
  }

  /** Whether the other is this, or lies within it. */
  boolean covers(PlacePattern other) {
    return names.size() <= other.names.size() && agrees(other);
  }

  /** Whether something is, or could be, within both. */
  boolean meets(PlacePattern other) {
    return agrees(other);
  }

  private boolean agrees(PlacePattern other) {
    for (int i = 0; i < Math.min(names.size(), other.names.size()); i++) {
      String mine = names.get(i);
      String theirs = other.names.get(i);
      if (!mine.equals(ANY) && !theirs.equals(ANY) && !mine.equals(theirs)) {
        return false;
      }
    }
    return true;
  }
}
