package dev.ephemeris.gateway.mcp.transport;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session: what it says, in order, whichever connection carries it. Its fields
 * belong to the session's {@link EventLog}, and are guarded by it.
 */
final class EventStream {

  /**
   * One message on its way.
   *
   * @param number within its stream, from 1
   * @param frame as it is sent
   * @param taken whoever wrote it may write more
   */
  record Event(EventStream stream, long number, Buffer frame, Runnable taken) {}

  final int number;

  /** What is kept of it, by its number. */
  final TreeMap<Long, Event> events = new TreeMap<>();

  /** The number of the event that was appended last; events before the first kept are gone. */
  long last;

  /** The last event that a connection has taken: nobody waits for those until here. */
  long taken;

  /** Whether nothing more is going to be appended. */
  boolean complete;

  /** Which connection it is sent on, if there is one now. */
  EventLog.@Nullable Reader connection;

  /** When its client is to come back, if its connection is to be closed once it has said all. */
  @Nullable Duration pause;

  EventStream(int number) {
    this.number = number;
  }

  /** The id by which a client says that it has seen an event, or with 0 that it has seen none. */
  String id(long event) {
    return number + "-" + event;
  }
}
