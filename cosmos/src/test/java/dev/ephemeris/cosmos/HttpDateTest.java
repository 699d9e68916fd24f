package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {

  @Test
  void writesTwoDigitsForTheDay() {
    Instant instant = Instant.parse("2026-11-04T02:40:00.999Z");

    assertThat(HttpDate.format(instant)).isEqualTo("Wed, 04 Nov 2026 02:40:00 GMT");
  }

  @Test
  void readsSecondsOfUtc() {
    assertThat(HttpDate.parse("Wed, 04 Nov 2026 02:40:00 GMT"))
        .contains(Instant.parse("2026-11-04T02:40:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2026-11-24T02:40:00Z",
        "Tue, 24 Nov 2026 02:40:00",
        "Tue, 24 Nov 2026 02:40:00 UTC",
        "Tue, 24 Nov 2026 02:40:00 GMT ",
        "Wed, 24 Nov 2026 02:40:00 GMT", // it was a Tuesday
        "Sat, 28 Feb 2026 24:00:00 GMT",
        "Sat, 31 Feb 2026 02:40:00 GMT", // a lenient reader takes it for the 28th
        "Wed, 4 Nov 2026 02:40:00 GMT",
        "Tuesday, 24-Nov-26 02:40:00 GMT",
        "Tue Nov 24 02:40:00 2026",
      })
  void readsNoOtherForm(String text) {
    assertThat(HttpDate.parse(text)).isEmpty();
  }
}
