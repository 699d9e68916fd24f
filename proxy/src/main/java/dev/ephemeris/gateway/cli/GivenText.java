package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.policy.Limits;
import dev.ephemeris.policy.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** For how long, and within which limits, something is given. */
final class GivenText {

  private static final String NOTHING = "without limits";

  private GivenText() {}

  /** For example {@code 1h, at most 8h, requestBytes 5, from 10.0.0.0/8}. */
  static String of(Way.Given given) {
    String ttl =
        Durations.format(given.ttl().standard())
            + ", at most "
            + Durations.format(given.ttl().max());
    String terms =
        given.terms().stream().map(GivenText::words).collect(Collectors.joining("; or else "));
    String unless = given.unless().stream().map("; but not "::concat).collect(Collectors.joining());
    return ttl + (terms.equals(NOTHING) ? "" : ", " + terms) + unless;
  }

  private static String words(Way.Terms terms) {
    List<String> words = new ArrayList<>();
    limits(terms.obligations().limits())
        .forEach(limit -> words.add(limit.name() + " " + limit.most()));
    if (terms.obligations().limits().crossPartition().isPresent()) {
      words.add("crossPartition deny");
    }
    words.addAll(terms.obligations().words());
    terms.when().ifPresent(words::add);
    return words.isEmpty() ? NOTHING : String.join(", ", words);
  }

  static ObjectNode json(Way.Given given) {
    ObjectNode json = Json.object();
    json.put("defaultSeconds", given.ttl().standard().toSeconds());
    json.put("maxSeconds", given.ttl().max().toSeconds());
    ArrayNode all = json.putArray("terms");
    for (Way.Terms terms : given.terms()) {
      ObjectNode entry = all.addObject();
      ObjectNode limits = entry.putObject("limits");
      limits(terms.obligations().limits()).forEach(limit -> limits.put(limit.name(), limit.most()));
      terms.obligations().words().forEach(entry.putArray("obligations")::add);
      terms.when().ifPresent(when -> entry.put("when", when));
    }
    given.unless().forEach(json.putArray("unless")::add);
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
