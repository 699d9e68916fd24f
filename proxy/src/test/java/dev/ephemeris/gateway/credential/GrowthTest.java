package dev.ephemeris.gateway.credential;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Four times the value takes about four times as long, whatever it is made of. */
class GrowthTest {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int SIZE = 1 << 18;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        ".",
        "=",
        "%",
        "&",
        "\\\\",
        "\\u0041",
        "A==",
        "A%3D%3D",
        "sig=",
        "sig:\\\"1",
        ";password=",
        ";password=a",
        "AccountKey=",
        "AccountKey:1",
        "type=resource&ver=1.0&sig=",
        "eyJhIjp7",
        "eyJhYSI6",
        "eyJhIjp7.",
        "eyJhbGciOiIifQ.",
        "eyJhbGciOiIifQ..",
        "ey",
        "a.",
        "Bearer ",
        "Bearer",
        "basic  ",
        "Basic YWJj",
        "-----BEGIN ",
        "-----BEGIN A-----",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY----------END A-----",
        "a://",
        "a://b:",
        "://b:c@",
        "ghp_",
        "xoxb-",
        "xoxe.",
        "AIza",
        "hooks.slack.com/services/",
        "8Q~",
        "AKIA",
        "{KEY}",
        "{KEY} ",
        "&#61;",
        "&amp"
      })
  void timeGrowsAsTheValueDoes(String part) {
    byte[] key = new byte[64];
    new Random(7).nextBytes(key);
    String text = part.replace("{KEY}", Base64.getEncoder().encodeToString(key));
    byte[] once = json(text, SIZE);
    byte[] fourTimes = json(text, 4 * SIZE);
    long best = Long.MAX_VALUE;
    long bestOfMore = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      best = Math.min(best, nanoseconds(once));
      bestOfMore = Math.min(bestOfMore, nanoseconds(fourTimes));
    }

    // What grows by the square takes sixteen times as long.
    assertThat(bestOfMore).isLessThan(9 * best);
  }

  private static byte[] json(String part, int size) {
    return ("[\"" + part.repeat(size / part.length()) + "\"]").getBytes(US_ASCII);
  }

  private static long nanoseconds(byte[] json) {
    long start = THREADS.getCurrentThreadCpuTime();
    assertThat(Withheld.of(json)).isPresent();
    return THREADS.getCurrentThreadCpuTime() - start;
  }
}
