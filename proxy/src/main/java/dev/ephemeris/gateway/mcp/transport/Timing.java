package dev.ephemeris.gateway.mcp.transport;

import java.time.Duration;

/**
 * How answers are paced.
 *
 * @param alone how long an answer may take and still be sent as JSON, without a stream
 * @param heartbeat how often an open stream says something, that nobody on the way takes it for
 *     dead
 * @param patience how long a reader may leave what is sent to it unread
 * @param retry after which time a client whose connection is lost is to come back
 */
public record Timing(Duration alone, Duration heartbeat, Duration patience, Duration retry) {

  public static final Timing STANDARD =
      new Timing(
          Duration.ofSeconds(2),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1));
}
