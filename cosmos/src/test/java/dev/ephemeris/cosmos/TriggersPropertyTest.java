package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;

class TriggersPropertyTest {

  @Property
  void readsWhatSdksJoin(@ForAll("names") List<String> names) {
    assertThat(Triggers.names(String.join(",", names))).contains(names);
  }

  @Property(tries = 10_000)
  @StatisticsReport(StatisticsReportMode.OFF)
  void takesNothingThatAnotherReaderTakesForOtherNames(@ForAll("hostile") String header) {
    boolean taken = Triggers.names(header).isPresent();

    if (taken) {
      List<String> names = Triggers.names(header).orElseThrow();
      assertThat(String.join(",", names)).isEqualTo(header);
      assertThat(trimmed(header)).isEqualTo(names);
      assertThat(trimmed(decoded(header))).isEqualTo(names);
      assertThat(
              trimmed(
                  new String(header.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)))
          .isEqualTo(names);
      assertThat(names)
          .allMatch(name -> LenientReader.segments("/docs/" + encoded(name)).size() == 2);
    }
    // Were everything refused, this property would hold for nothing.
    Statistics.collect(taken);
    Statistics.coverage(
        coverage -> {
          coverage.check(true).percentage(share -> share > 10);
          coverage.check(false).percentage(share -> share > 10);
        });
  }

  /** A list as RFC 9110 §5.6.1 has it: white space around elements and empty ones don't count. */
  private static List<String> trimmed(String header) {
    return Arrays.stream(header.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .toList();
  }

  private static String decoded(String header) {
    try {
      return URLDecoder.decode(header.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException noEscapes) {
      return header;
    }
  }

  private static String encoded(String name) {
    StringBuilder out = new StringBuilder();
    PathSegment.encode(out, name);
    return out.toString();
  }

  @Provide
  Arbitrary<List<String>> names() {
    return Requests.names()
        .filter(name -> name.chars().allMatch(c -> c >= ' ' && c < 0x7f && c != ','))
        .filter(name -> name.equals(name.strip()))
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  @Provide
  Arbitrary<String> hostile() {
    Arbitrary<String> parts =
        Arbitraries.oneOf(
            Arbitraries.of("stamp", "count", "a b", "100%", "%zz", "\"a\"", "a=b"),
            Requests.names(),
            Arbitraries.of(
                "", " ", "..", ".", "/", "\\", "%2F", "%2e%2e", "%2C", "%", "\t", "\0", "\r\n", "é",
                "#", "?", ";", "*"));
    return parts
        .list()
        .ofMinSize(1)
        .ofMaxSize(3)
        .flatMap(
            all ->
                Arbitraries.of(",", ",", ", ", " ,", ",,", "")
                    .map(between -> String.join(between, all)));
  }
}
