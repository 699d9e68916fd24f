package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

class HttpDatePropertyTest {

  // The years that four digits hold.
  @Property
  void readsWhatItWrites(
      @ForAll @LongRange(min = -62_135_596_800L, max = 253_402_300_799L) long s) {
    Instant instant = Instant.ofEpochSecond(s);

    assertThat(HttpDate.parse(HttpDate.format(instant))).contains(instant);
  }
}
