package dev.ephemeris.simulator.cosmos;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What the account was asked and by whom, refused requests included. Thread-safe. */
final class RequestLog {

  private static final int KEPT = 100_000;

  private final InstantSource clock;

  /** Oldest first. */
  private final Deque<DataPlaneRequest> requests = new ArrayDeque<>();

  RequestLog(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void record(
      Call call, CallKind kind, String scope, Credential credential, int status) {
    if (requests.size() == KEPT) {
      requests.removeFirst();
    }
    requests.addLast(
        new DataPlaneRequest(
            clock.instant(),
            call.activityId(),
            kind.name(),
            scope,
            credential,
            status,
            call.header("user-agent").orElse(""),
            call.client()));
  }

  synchronized List<DataPlaneRequest> all() {
    return List.copyOf(requests);
  }

  synchronized void clear() {
    requests.clear();
  }
}
