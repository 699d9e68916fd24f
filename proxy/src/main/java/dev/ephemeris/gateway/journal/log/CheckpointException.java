package dev.ephemeris.gateway.journal.log;

/** A text isn't a checkpoint, or not one that a known key has signed; the message says which. */
public final class CheckpointException extends Exception {

  CheckpointException(String message) {
    super(message);
  }
}
