package dev.ephemeris.gateway.scan;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four times the text takes about four times as long, whatever it is made of. */
class GrowthTest {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int PIECE = 1 << 14;
  private static final int SIZE = 1 << 18;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "\\",
        "&",
        "A==",
        "A%3D%3D",
        "\\u003d",
        "&#61;",
        "type=resource&ver=1",
        "&ver",
        "cosmosdb ",
        "listKeys(",
        "\"listKeys\"",
        ".primaryMasterKe",
        "QWNjb3VudE",
        "QWNjb3VudE ",
        "AccountKey=",
        "x={KEY}",
        "cosmos sha512-{KEY}",
        "blob {KEY}\n",
        "cosmos {KEY} ephemeris:allow ",
        "ephemeris:allo"
      })
  void timeGrowsAsTheTextDoes(String part) throws IOException {
    byte[] key = new byte[64];
    new Random(7).nextBytes(key);
    String text = part.replace("{KEY}", Base64.getEncoder().encodeToString(key));
    byte[] once = text.repeat(SIZE / text.length()).getBytes(US_ASCII);
    byte[] fourTimes = text.repeat(4 * SIZE / text.length()).getBytes(US_ASCII);
    long best = Long.MAX_VALUE;
    long bestOfMore = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      best = Math.min(best, nanoseconds(once));
      bestOfMore = Math.min(bestOfMore, nanoseconds(fourTimes));
    }

    // What grows by the square takes sixteen times as long.
    assertThat((double) bestOfMore / best).as(best + " ns").isLessThan(9);
  }

  private static long nanoseconds(byte[] text) throws IOException {
    // Of the processor, as others run beside.
    long begun = THREADS.getCurrentThreadCpuTime();
    TextScan.of(new ByteArrayInputStream(text), new byte[PIECE], false);
    return THREADS.getCurrentThreadCpuTime() - begun;
  }
}
