package dev.ephemeris.gateway.journal.sink;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/**
 * JSON lines on the standard output. They are shipped once whoever reads it has been handed them:
 * what it makes of them nobody tells.
 */
final class StandardOutput implements Sink {

  private static final int MOST_BYTES = 64 * 1024;

  private final PrintStream out;

  StandardOutput(PrintStream out) {
    this.out = out;
  }

  @Override
  public int mostBytes() {
    return MOST_BYTES;
  }

  @Override
  public void deliver(List<Delivery> deliveries) throws SinkException {
    for (Delivery delivery : deliveries) {
      write(delivery.json());
    }
    flush();
  }

  @Override
  public void publish(PublishedCheckpoint checkpoint) throws SinkException {
    write(checkpoint.json());
    flush();
  }

  /** In one go, so that no line of the log gets into it. */
  private void write(byte[] json) {
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    out.write(line, 0, line.length);
  }

  private void flush() throws SinkException {
    if (out.checkError()) {
      throw SinkException.unavailable("nobody reads the standard output any more");
    }
  }

  @Override
  public void close() {
    // It is the process's.
  }
}
