package dev.ephemeris.gateway.repetition;

import org.jdbi.v3.core.Handle;

/**
 * Whether what was asked for may take place: asked in the transaction in which it does, so that it
 * does so once and it is known that it did.
 */
public interface Once {

  /** Of what was asked for without a key: as often as it is asked for. */
  Once EACH_TIME = (handle, effect) -> true;

  /**
   * Whether nobody else has taken over.
   *
   * @param effect what is made, as JSON without any secret
   */
  boolean isFirst(Handle handle, String effect);
}
