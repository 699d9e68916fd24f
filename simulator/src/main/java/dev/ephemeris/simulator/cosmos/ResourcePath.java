package dev.ephemeris.simulator.cosmos;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A request target as the service might read it at worst: the query string ignored, percent escapes
 * decoded once and only then split, empty segments dropped, {@code .} and {@code ..} resolved,
 * resource types in any case.
 *
 * @param segments alternating types, in lower case, and names or RIDs
 */
record ResourcePath(List<String> segments) {

  ResourcePath {
    segments = List.copyOf(segments);
  }

  static ResourcePath parse(String target) {
    String path = target;
    int authority = path.indexOf("://");
    if (authority > 0 && path.indexOf('/') == authority + 1) { // absolute-form
      int start = path.indexOf('/', authority + 3);
      path = start < 0 ? "/" : path.substring(start);
    }
    int query = path.indexOf('?');
    path = decoded(query < 0 ? path : path.substring(0, query)).replace('\\', '/');
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        if (!segments.isEmpty()) {
          segments.removeLast();
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    for (int type = 0; type < segments.size(); type += 2) {
      segments.set(type, segments.get(type).toLowerCase(Locale.ROOT));
    }
    return new ResourcePath(segments);
  }

  private static String decoded(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException brokenEscape) {
      return path;
    }
  }

  /** The path that an {@code /addresses} request asks about, or this one. */
  ResourcePath signed(String target) {
    if (segments.isEmpty() || !segments.getFirst().equals("addresses")) {
      return this;
    }
    int start = target.indexOf("$resolveFor=");
    if (start < 0) {
      return new ResourcePath(List.of());
    }
    String value = target.substring(start + "$resolveFor=".length());
    int end = value.indexOf('&');
    return parse(decoded(end < 0 ? value : value.substring(0, end)));
  }

  private static final Set<String> CONTAINER_OPERATIONS =
      Set.of("partitionkeydelete", "collectiontruncate");

  private boolean isContainerOperation() {
    return segments.size() == 6
        && segments.get(4).equals("operations")
        && CONTAINER_OPERATIONS.contains(segments.get(5).toLowerCase(Locale.ROOT));
  }

  private boolean isFeed() {
    return segments.size() % 2 == 1;
  }

  boolean isByRid() {
    return segments.size() > 1
        && segments.getFirst().equals("dbs")
        && Rid.isDatabase(segments.get(1));
  }

  /** The second line of the string-to-sign. */
  String resourceType() {
    if (segments.isEmpty()) {
      return "";
    }
    if (isContainerOperation()) {
      return "colls";
    }
    return isFeed() ? segments.getLast() : segments.get(segments.size() - 2);
  }

  /** The third line of the string-to-sign: a link by name, or the one RID in lower case. */
  String link() {
    List<String> linked = segments;
    if (isContainerOperation()) {
      linked = segments.subList(0, 4);
    } else if (isFeed()) {
      linked = segments.subList(0, segments.size() - 1);
    }
    if (linked.isEmpty()) {
      return "";
    }
    return isByRid() || linked.getFirst().equals("offers")
        ? linked.getLast().toLowerCase(Locale.ROOT)
        : String.join("/", linked);
  }
}
