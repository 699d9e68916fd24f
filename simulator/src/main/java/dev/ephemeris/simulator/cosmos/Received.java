package dev.ephemeris.simulator.cosmos;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The latest requests. Thread-safe. */
final class Received {

  private static final int KEPT = 1000;

  private final Deque<ReceivedRequest> requests = new ArrayDeque<>();

  synchronized void add(ReceivedRequest request) {
    if (requests.size() == KEPT) {
      requests.removeFirst();
    }
    requests.addLast(request);
  }

  synchronized List<ReceivedRequest> all() {
    return List.copyOf(requests);
  }

  synchronized void clear() {
    requests.clear();
  }
}
