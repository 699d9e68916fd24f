package dev.ephemeris.gateway.journal.sink;

import java.util.Optional;

/** The blobs of a container, as far as a sink needs them. Calls block. Thread-safe. */
public interface Blobs {

  /**
   * What there is of an append blob.
   *
   * @param length its bytes
   * @param blocks of how many appends; the service takes 50,000
   */
  record Extent(long length, int blocks) {}

  /** That a blob isn't as long as it was said to be, or isn't there: somebody has appended. */
  final class MovedException extends Exception {
    /** Without more words: the blob itself has to be looked at. */
    public MovedException() {
      super("the blob isn't as it was");
    }
  }

  /** Makes an append blob of JSON lines, unless it is there already. */
  void create(String name) throws SinkException;

  /** What there is of it; empty if it isn't there. */
  Optional<Extent> extent(String name) throws SinkException;

  /**
   * Appends one block, all of it or nothing.
   *
   * @param position how long the blob is; of another length it stays as it is
   * @throws MovedException if it is of another length, or isn't there
   */
  void append(String name, long position, byte[] block) throws SinkException, MovedException;

  /** The bytes from there to the end. */
  byte[] read(String name, long from) throws SinkException;

  /**
   * Makes a blob of these bytes, unless there is one of that name; which is never changed.
   *
   * @return whether there was none
   */
  boolean putNew(String name, byte[] content) throws SinkException;
}
