package dev.ephemeris.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What {@code /metrics} said at a time.
 *
 * @param series by name and labels, as Prometheus writes them
 */
public record Scrape(Map<String, Double> series) {

  public static Scrape of(GatewayFixture fixture) throws Exception {
    Reply reply =
        fixture.send(HttpRequest.newBuilder(fixture.gateway().management().resolve("/metrics")));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).startsWith("text/plain; version=0.0.4");
    return of(reply.body());
  }

  /** From Prometheus's text format. */
  public static Scrape of(String text) {
    return new Scrape(
        text.lines()
            .filter(line -> !line.startsWith("#"))
            .collect(
                Collectors.toMap(
                    line -> line.substring(0, line.lastIndexOf(' ')),
                    line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)),
                    (one, other) -> {
                      throw new AssertionError("twice in one scrape");
                    },
                    TreeMap::new)));
  }

  public double value(String name) {
    Double value = series.get(name);
    if (value == null) {
      throw new AssertionError("no " + name + " among " + series.keySet());
    }
    return value;
  }

  /** All series of a metric together. */
  public double sum(String name) {
    return series.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(name + "{"))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** What the series of these metrics have gained since then; those that haven't are left out. */
  public Map<String, Double> since(Scrape earlier, String... names) {
    Map<String, Double> gained = new TreeMap<>();
    series.forEach(
        (key, value) -> {
          double more = value - earlier.series.getOrDefault(key, 0.0);
          if (more != 0 && Arrays.stream(names).anyMatch(name -> isOf(key, name))) {
            gained.put(key, more);
          }
        });
    return gained;
  }

  private static boolean isOf(String key, String name) {
    return key.equals(name) || key.startsWith(name + "{");
  }
}
