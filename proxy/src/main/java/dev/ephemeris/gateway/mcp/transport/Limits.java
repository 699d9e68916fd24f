package dev.ephemeris.gateway.mcp.transport;

import java.time.Duration;

/**
 * How much of the gateway callers may use.
 *
 * @param bodyBytes of one message from a client
 * @param sessions of all callers together
 * @param sessionsPerPerson on one person's account, whichever callers they have; the one unused for
 *     longest gives way to another
 * @param streamsPerSession so many requests in flight, and so many open streams, of one session
 * @param keptBytes of events kept for replay in one session, and so of one message to a client
 * @param idle how long a session lasts in which nothing is asked and no stream is open
 */
public record Limits(
    int bodyBytes,
    int sessions,
    int sessionsPerPerson,
    int streamsPerSession,
    int keptBytes,
    Duration idle) {

  public static final Limits STANDARD =
      new Limits(1024 * 1024, 512, 32, 16, 512 * 1024, Duration.ofMinutes(30));

  public Limits {
    if (bodyBytes < 1
        || sessions < 1
        || sessionsPerPerson < 1
        || streamsPerSession < 1
        || keptBytes < 1
        || !idle.isPositive()) {
      throw new IllegalArgumentException("every limit has to let something pass");
    }
  }
}
