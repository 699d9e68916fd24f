package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.policy.Limits;
import dev.ephemeris.policy.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** For how long, and within which limits, something is given. */
final class GivenText {

  private GivenText() {}

  /** For example {@code 1h, at most 8h, requestBytes 5}. */
  static String of(Way.Given given) {
    List<String> words = new ArrayList<>();
    words.add(Durations.format(given.ttl().standard()));
    words.add("at most " + Durations.format(given.ttl().max()));
    limits(given.limits()).forEach(limit -> words.add(limit.name() + " " + limit.most()));
    return String.join(", ", words);
  }

  static ObjectNode json(Way.Given given) {
    ObjectNode json = Json.object();
    json.put("defaultSeconds", given.ttl().standard().toSeconds());
    json.put("maxSeconds", given.ttl().max().toSeconds());
    ObjectNode limits = json.putObject("limits");
    limits(given.limits()).forEach(limit -> limits.put(limit.name(), limit.most()));
    return json;
  }

  /** A limit by the name that rules give it. */
  private record Limit(String name, int most) {}

  private static List<Limit> limits(Limits limits) {
    List<Limit> some = new ArrayList<>();
    add(some, "requestUnitsPerMinute", limits.requestUnitsPerMinute());
    add(some, "concurrentRequests", limits.concurrentRequests());
    add(some, "requestBytes", limits.requestBytes());
    add(some, "itemsPerPage", limits.itemsPerPage());
    return some;
  }

  private static void add(List<Limit> some, String name, Optional<Integer> most) {
    most.ifPresent(number -> some.add(new Limit(name, number)));
  }
}
