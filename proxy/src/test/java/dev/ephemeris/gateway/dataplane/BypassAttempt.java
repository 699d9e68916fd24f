package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One row of {@code bypasses.csv}, which says what its columns mean.
 *
 * @param without the step that stops it
 * @param who shows what credential; see {@link BypassCredentials}
 */
record BypassAttempt(
    BypassFamily family,
    String name,
    String without,
    String who,
    String method,
    String target,
    List<String> headers,
    String body,
    String refusedWith,
    String shows) {

  static List<BypassAttempt> all() throws IOException {
    try (InputStream file = BypassAttempt.class.getResourceAsStream("bypasses.csv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(BypassAttempt::of)
          .toList();
    }
  }

  private static BypassAttempt of(String line) {
    String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
    assertThat(cells).as(line).hasSize(10);
    return new BypassAttempt(
        BypassFamily.of(cells[0]),
        cells[1],
        cells[2],
        cells[3],
        cells[4],
        cells[5],
        cells[6].isEmpty() ? List.of() : List.of(cells[6].split(";;")),
        cells[7],
        cells[8],
        cells[9]);
  }

  /** Whether it is let through without that which it is after. */
  boolean isDisarmed() {
    return refusedWith.equals("disarmed");
  }

  @Override
  public String toString() {
    return family.title() + ": " + name;
  }
}
