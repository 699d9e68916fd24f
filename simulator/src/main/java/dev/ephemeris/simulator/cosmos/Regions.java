package dev.ephemeris.simulator.cosmos;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where the account is: in one region, or in two, of which one is written to. Both are this server,
 * by the name and by the address of the loopback. Thread-safe.
 */
final class Regions {

  static final String FIRST = "West Europe";

  private static final String SECOND_HOST = "127.0.0.1";

  private Optional<String> second = Optional.empty();
  private boolean failedOver;
  private final Set<String> interrupted = new HashSet<>();

  synchronized void reset() {
    second = Optional.empty();
    failedOver = false;
    interrupted.clear();
  }

  synchronized void add(String name) {
    if (name.equals(FIRST)) {
      throw new IllegalArgumentException("there is a region " + name);
    }
    second = Optional.of(name);
  }

  synchronized void failOver() {
    if (second.isEmpty()) {
      throw new IllegalArgumentException("there is one region only");
    }
    failedOver = !failedOver;
  }

  synchronized void interrupt(String name, boolean interrupt) {
    if (!all().contains(name)) {
      throw new IllegalArgumentException("no region " + name);
    }
    if (interrupt) {
      interrupted.add(name);
    } else {
      interrupted.remove(name);
    }
  }

  /** The one that is written to first. */
  synchronized List<String> all() {
    if (second.isEmpty()) {
      return List.of(FIRST);
    }
    return failedOver ? List.of(second.get(), FIRST) : List.of(FIRST, second.get());
  }

  /** A region's endpoint, on the port of the first one's. */
  static URI endpoint(String name, URI first) {
    return name.equals(FIRST)
        ? first
        : URI.create("https://" + SECOND_HOST + ":" + first.getPort() + "/");
  }

  /** What happens to all that comes to a region that is interrupted; empty if it isn't. */
  synchronized Optional<Fault> outage(Call call) {
    return interrupted.contains(regionOf(call))
        ? Optional.of(
            Fault.status(
                503,
                0,
                "Service is currently unavailable, please retry after a while. If this problem"
                    + " persists please contact support."))
        : Optional.empty();
  }

  /** Why a write isn't taken where it came to; empty if it is. */
  synchronized Optional<Answer> refusal(Call call) {
    return regionOf(call).equals(all().getFirst())
        ? Optional.empty()
        : Optional.of(
            Answer.failure(
                403,
                3,
                "Message: {\"Errors\":[\"The requested operation cannot be performed at this"
                    + " region\"]}"));
  }

  /** Whose endpoint the call came to. */
  synchronized String regionOf(Call call) {
    String host = call.header("host").orElse("");
    return second
        .filter(_ -> host.equals(SECOND_HOST) || host.startsWith(SECOND_HOST + ":"))
        .orElse(FIRST);
  }
}
