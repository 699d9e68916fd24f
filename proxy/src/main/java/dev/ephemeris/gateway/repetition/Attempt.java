package dev.ephemeris.gateway.repetition;

import io.vertx.core.Future;
import org.jdbi.v3.core.Handle;

/**
 * One try to do what was asked for with a key. Once its time is over another may be at it, and this
 * one does nothing any more. Thread-safe.
 */
public final class Attempt implements Once {

  private final Repetitions repetitions;
  private final String id;
  private final int number;

  Attempt(Repetitions repetitions, Row row) {
    this.repetitions = repetitions;
    this.id = row.id();
    this.number = row.attempt();
  }

  @Override
  public boolean isFirst(Handle handle, String effect) {
    return repetitions.change(handle, id, number, row -> row.with(effect));
  }

  /**
   * It was done: whoever asks again is answered the same.
   *
   * @param outcome the answer, as JSON without any secret
   */
  public Future<Void> keep(String outcome) {
    return repetitions.keep(id, number, outcome);
  }

  /** Nothing was done: whoever asks again has it tried again. */
  public Future<Void> release() {
    return repetitions.release(id, number);
  }

  /** The same, if that is so: what it has made says so. */
  public Future<Void> releaseUnlessDone() {
    return repetitions.releaseUnlessDone(id, number);
  }
}
