package dev.ephemeris.policy.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "0s, PT0S",
    "90s, PT90S",
    "15m, PT15M",
    "4h, PT4H",
    "7d, PT168H",
    "PT4H, PT4H",
    "P1D, PT24H"
  })
  void readsDurationsAsPeopleWriteThem(String text, Duration duration) {
    assertThat(DurationText.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "h", "1 h", "-1h", "1.5h", "1w", "4H", "1h30m", "1000000000d"})
  void refusesWhatIsNoDuration(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DurationText.parse(text))
        .withMessageContaining("'" + text + "' is not a duration");
  }

  @Property
  void readsWhatJavaPrints(@ForAll @IntRange(min = 0) int seconds) {
    Duration duration = Duration.ofSeconds(seconds);

    assertThat(DurationText.parse(duration.toString())).isEqualTo(duration);
  }
}
