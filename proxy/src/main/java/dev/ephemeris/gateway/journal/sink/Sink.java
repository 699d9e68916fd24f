package dev.ephemeris.gateway.journal.sink;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A place that is shipped to. For one thread, which it may block, though not for ever. After a
 * failure it is closed, and another is opened.
 */
interface Sink extends AutoCloseable {

  /** How many bytes of JSON to give it at once; a single delivery may be longer. */
  int mostBytes();

  /**
   * Delivers these, in their order, at least once each.
   *
   * @throws SinkException unless the other side has said that it keeps them all
   */
  void deliver(List<Delivery> deliveries) throws SinkException, InterruptedException;

  /**
   * Delivers a checkpoint, after all that it vouches for.
   *
   * @throws SinkException unless the other side has said that it keeps it
   */
  void publish(PublishedCheckpoint checkpoint) throws SinkException, InterruptedException;

  /** What it wants to know again when the next one is opened where this one has come to. */
  default ObjectNode memory() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Lets go of what it holds. It has no more to send. */
  @Override
  void close();
}
