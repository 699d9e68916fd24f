package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Lengths and edges; what is refused in paths is in {@code malformed.csv}. */
class PathSegmentTest {

  @Test
  void takesAsManyBytesAsAnIdHas() {
    assertThat(PathSegment.isValid("a".repeat(1023))).isTrue();
    assertThat(PathSegment.isValid("a".repeat(1024))).isFalse();
    assertThat(PathSegment.isValid("é".repeat(511))).isTrue();
    assertThat(PathSegment.isValid("é".repeat(512))).isFalse();
    assertThat(PathSegment.isValid("漢".repeat(341))).isTrue();
    assertThat(PathSegment.isValid("漢".repeat(342))).isFalse();
  }

  @Test
  void takesWholeCharactersOnly() {
    assertThat(PathSegment.isValid("🍋")).isTrue();
    assertThat(PathSegment.isValid("a🍋/")).isFalse();
    assertThat(PathSegment.isValid("\ud83c")).isFalse();
    assertThat(PathSegment.isValid("\ud83ca")).isFalse();
    assertThat(PathSegment.isValid("\udf4b")).isFalse();
    assertThat(PathSegment.isValid("\udf4b\ud83c")).isFalse();
    assertThat(PathSegment.isValid("\udf4b\udf4b")).isFalse();
  }

  @Test
  void refusesControlCharactersAndNothingBesideThem() {
    assertThat(PathSegment.isValid(" ")).isTrue();
    assertThat(PathSegment.isValid("\u001f")).isFalse();
    assertThat(PathSegment.isValid("~")).isTrue();
    assertThat(PathSegment.isValid("\u007f")).isFalse();
    assertThat(PathSegment.isValid("\u009f")).isFalse();
    assertThat(PathSegment.isValid("\u00a0")).isTrue();
  }

  @Test
  void decodesOnlyWhatARequestLineCanHold() {
    assertThat(PathSegment.decode("~!")).contains("~!");
    assertThat(PathSegment.decode("a b")).isEmpty();
    assertThat(PathSegment.decode("a\u007f")).isEmpty();
    assertThat(PathSegment.decode("a\u0080")).isEmpty();
  }

  @Test
  void takesPercentSignsThatEscapeNothing() {
    assertThat(PathSegment.isValid("100%")).isTrue();
    assertThat(PathSegment.isValid("%4")).isTrue();
    assertThat(PathSegment.isValid("%4g")).isTrue();
    assertThat(PathSegment.isValid("%g4")).isTrue();
    assertThat(PathSegment.isValid("%44")).isFalse();
    assertThat(PathSegment.isValid("%%44")).isFalse();
  }
}
