package dev.ephemeris.gateway.mcp.transport;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the streams of one session have said, as far back as there is room for: a ring, whose oldest
 * event makes place for the next, of whichever stream it is. Connections read from here, so that
 * whoever reads slowly, or comes back, costs no memory but this.
 *
 * <p>Whoever writes is told when a connection has taken the event, and then writes the next: that
 * holds it to its reader's pace. Without a connection it is told at once.
 *
 * <p>Thread-safe. While it is locked nothing foreign is called: connections and writers are told in
 * their own contexts, later.
 */
final class EventLog {

  /** Of each event beside its frame, so that small ones aren't free. */
  private static final int OVERHEAD = 128;

  /** Who sends a stream: its connection. */
  interface Reader {

    /** There may be something to do. Must do nothing at once: the log is locked. */
    void wake();
  }

  /** What a connection is to do next. */
  sealed interface Next {
    record Send(EventStream.Event event) implements Next {}

    /** Nothing, until it is woken. */
    record Wait() implements Next {}

    /** Closes, and has its client come back. */
    record Pause(Duration retry) implements Next {}

    /** Closes: all is said, or another connection took its place. */
    record Close() implements Next {}

    /** Breaks off: what comes next is kept no more. */
    record BreakOff() implements Next {}
  }

  private final int most;
  private final Map<Integer, EventStream> streams = new HashMap<>();
  private final ArrayDeque<EventStream.Event> oldestFirst = new ArrayDeque<>();
  private int size;
  private int opened;
  private boolean closed;

  /**
   * @param most bytes to keep
   */
  EventLog(int most) {
    this.most = most;
  }

  synchronized EventStream open() {
    EventStream stream = new EventStream(++opened);
    if (closed) {
      stream.complete = true;
    } else {
      streams.put(stream.number, stream);
    }
    return stream;
  }

  /** The stream of an event id that this log has given out, if it is still known. */
  synchronized Optional<EventStream> find(int number, long event) {
    return Optional.ofNullable(streams.get(number)).filter(stream -> event <= stream.last);
  }

  /**
   * Says something on a stream. What is said on one that is complete is nobody's.
   *
   * @param last whether nothing follows
   * @param taken called once a connection has it, or if none is there; mustn't call back
   */
  synchronized void append(EventStream stream, Buffer json, boolean last, Runnable taken) {
    if (stream.complete) {
      taken.run();
      return;
    }
    stream.last++;
    stream.complete = last;
    Buffer frame =
        Buffer.buffer("id: " + stream.id(stream.last) + "\nevent: message\ndata: ")
            .appendBuffer(json)
            .appendString("\n\n");
    EventStream.Event event = new EventStream.Event(stream, stream.last, frame, taken);
    stream.events.put(event.number(), event);
    oldestFirst.add(event);
    size += weight(event);
    while (size > most && oldestFirst.size() > 1) {
      evict();
    }
    Reader connection = stream.connection;
    if (connection == null) {
      take(stream, event);
    } else {
      connection.wake();
    }
  }

  /** Nothing more is said on it. */
  synchronized void complete(EventStream stream) {
    stream.complete = true;
    if (stream.connection != null) {
      stream.connection.wake();
    }
    forgetIfOver(stream);
  }

  /** Ends a stream at once, and forgets what it has said: nobody is to come back for it. */
  synchronized void forget(EventStream stream) {
    Reader connection = stream.connection;
    stream.connection = null;
    stream.complete = true;
    for (EventStream.Event event : stream.events.values()) {
      size -= weight(event);
      take(stream, event);
    }
    oldestFirst.removeIf(event -> event.stream() == stream);
    stream.events.clear();
    streams.remove(stream.number);
    if (connection != null) {
      connection.wake();
    }
  }

  /** Its connection closes once it has sent what there is; without one, nothing happens. */
  synchronized void pause(EventStream stream, Duration retry) {
    if (stream.connection != null) {
      stream.pause = retry;
      stream.connection.wake();
    }
  }

  /** From now on the stream is sent on this connection, in the place of another if there is one. */
  synchronized void attach(EventStream stream, Reader connection) {
    Reader before = stream.connection;
    stream.connection = connection;
    stream.pause = null;
    if (before != null) {
      before.wake();
    }
    connection.wake();
  }

  /** The connection is no more. */
  synchronized void detach(EventStream stream, Reader connection) {
    if (stream.connection == connection) {
      stream.connection = null;
      stream.pause = null;
      stream.events.values().forEach(event -> take(stream, event));
      forgetIfOver(stream);
    }
  }

  /**
   * What comes on a connection that has sent the events until this one. What it is told to send
   * counts as taken; what else it is told but to wait, as its end.
   */
  synchronized Next next(EventStream stream, Reader connection, long after) {
    if (stream.connection != connection) {
      return new Next.Close();
    }
    if (after < stream.last) {
      EventStream.Event event = stream.events.get(after + 1);
      if (event == null) {
        detach(stream, connection);
        return new Next.BreakOff();
      }
      take(stream, event);
      return new Next.Send(event);
    }
    Duration pause = stream.pause;
    if (stream.complete) {
      detach(stream, connection);
      return new Next.Close();
    }
    if (pause != null) {
      detach(stream, connection);
      return new Next.Pause(pause);
    }
    return new Next.Wait();
  }

  /** How many streams have a connection. */
  synchronized int connections() {
    return (int) streams.values().stream().filter(stream -> stream.connection != null).count();
  }

  /** The session has ended: all streams are complete, and nobody comes back for any. */
  synchronized void close() {
    closed = true;
    for (EventStream stream : Map.copyOf(streams).values()) {
      forget(stream);
    }
  }

  private void evict() {
    EventStream.Event event = oldestFirst.removeFirst();
    size -= weight(event);
    // Those of one stream go in their order.
    event.stream().events.pollFirstEntry();
    take(event.stream(), event);
    if (event.stream().connection != null) {
      event.stream().connection.wake();
    }
    forgetIfOver(event.stream());
  }

  private static void take(EventStream stream, EventStream.Event event) {
    if (event.number() > stream.taken) {
      stream.taken = event.number();
      event.taken().run();
    }
  }

  private void forgetIfOver(EventStream stream) {
    if (stream.complete && stream.events.isEmpty() && stream.connection == null) {
      streams.remove(stream.number);
    }
  }

  private static int weight(EventStream.Event event) {
    return event.frame().length() + OVERHEAD;
  }
}
