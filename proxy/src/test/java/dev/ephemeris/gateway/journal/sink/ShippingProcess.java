package dev.ephemeris.gateway.journal.sink;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.LongStream;

/** Ships a log to where it is told, says so, and ends once all is shipped. */
final class ShippingProcess {

  /** What it says when it has begun. */
  static final String HERE = "shipping";

  private ShippingProcess() {}

  /**
   * Runs.
   *
   * @param args a folder, how many entries there are, and sinks as {@link SinkFixture} has them
   */
  public static void main(String... args) throws Exception {
    try (SinkFixture fixture = new SinkFixture(Path.of(args[0]))) {
      int count = Integer.parseInt(args[1]);
      LongStream.range(0, count)
          .forEach(
              index ->
                  fixture.log.add(
                      "{\"type\":\"requestOutcome\",\"version\":1,\"requestId\":\"r"
                          + index
                          + "\",\"note\":\""
                          + "x".repeat((int) (index % 97))
                          + "\"}"));
      Sinks sinks = fixture.start(Arrays.copyOfRange(args, 2, args.length));
      System.out.println(HERE);
      SinkFixture.awaitShipped(sinks, count);
      sinks.close();
    }
  }
}
