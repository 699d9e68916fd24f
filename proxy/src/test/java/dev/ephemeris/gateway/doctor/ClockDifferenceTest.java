package dev.ephemeris.gateway.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.HttpDate;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockDifferenceTest {

  private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "0, none",
    "19, none",
    "-19, none",
    "20, warning It is 20 s ahead of the one here.",
    "-60, warning It is 60 s behind the one here.",
    "61, problem It is 61 s ahead of the one here.",
    "-3600, problem It is 3600 s behind the one here."
  })
  void isToldByHowMuchItMatters(long ahead, String told) {
    Optional<Finding> finding =
        ClockDifference.of(
            "clock", "It", Optional.of(HttpDate.format(NOON.plusSeconds(ahead))), NOON);

    assertThat(finding.map(each -> each.state() + " " + each.what()).orElse("none"))
        .isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource({"''", "yesterday", "2026-11-29T12:00:00Z"})
  void saysNothingOfWhatIsNoDate(String date) {
    assertThat(ClockDifference.of("clock", "It", Optional.of(date), NOON)).isEmpty();
    assertThat(ClockDifference.of("clock", "It", Optional.empty(), NOON)).isEmpty();
  }
}
