package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.Address.Addressing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;
import net.jqwik.api.statistics.StatisticsReport.StatisticsReportMode;

class RequestPropertyTest {

  @Property
  void readsARebuiltRequestAsTheSame(@ForAll("valid") RawRequest raw) {
    switch (raw.parse()) {
      case CosmosError error -> throw new AssertionError("refused: " + raw + ": " + error);
      case CosmosRequest request -> {
        assertRebuildsToItself(request);
        assertReadAlikeByALenientReader(raw.target(), request);
      }
    }
  }

  @Property(tries = 5000)
  @StatisticsReport(StatisticsReportMode.OFF)
  void acceptsNothingThatALenientReaderTakesForAnotherResource(@ForAll("hostile") RawRequest raw) {
    Parsed parsed = raw.parse();

    switch (parsed) {
      case CosmosError error -> assertThat(error.statusCode()).isIn(400, 403);
      case CosmosRequest request -> {
        assertRebuildsToItself(request);
        assertReadAlikeByALenientReader(raw.target(), request);
      }
    }
    // Were everything refused, this property would hold for nothing.
    Statistics.collect(parsed instanceof CosmosRequest);
    Statistics.coverage(
        coverage -> {
          coverage.check(true).percentage(share -> share > 10);
          coverage.check(false).percentage(share -> share > 10);
        });
  }

  @Property
  void neverThrowsWhateverComes(@ForAll("anything") RawRequest raw) {
    assertThat(raw.parse()).isNotNull();
  }

  private static void assertRebuildsToItself(CosmosRequest request) {
    RawRequest upstream = RawRequest.rebuilt(request);

    assertThat(upstream.parse())
        .isInstanceOfSatisfying(
            CosmosRequest.class,
            again -> {
              assertThat(again.verb()).isEqualTo(request.verb());
              assertThat(again.operation()).isEqualTo(request.operation());
              assertThat(again.address()).isEqualTo(request.address());
              assertThat(again.partitionKey()).isEqualTo(request.partitionKey());
              assertThat(again.headers()).isEqualTo(request.headers());
              assertThat(RawRequest.rebuilt(again)).isEqualTo(upstream);
            });
  }

  private static void assertReadAlikeByALenientReader(String target, CosmosRequest request) {
    List<String> understood = segments(request);

    assertThat(LenientReader.segments(target)).isEqualTo(understood);
    assertThat(LenientReader.segments(request.path())).isEqualTo(understood);
    assertThat(request.address().addressing() == Addressing.RID)
        .isEqualTo(request.address().database().filter(LenientReader::isDatabaseRid).isPresent());
  }

  private static List<String> segments(CosmosRequest request) {
    List<String> segments = new ArrayList<>();
    request.address().database().ifPresent(name -> segments.addAll(List.of("dbs", name)));
    request.address().container().ifPresent(name -> segments.addAll(List.of("colls", name)));
    String type = request.resourceType().segment();
    boolean named = segments.size() >= 2 && segments.get(segments.size() - 2).equals(type);
    if (!type.isEmpty() && !named) {
      segments.addAll(List.of(type.split("/", -1)));
    }
    request.address().child().ifPresent(segments::add);
    return segments;
  }

  @Provide
  Arbitrary<RawRequest> valid() {
    return Requests.valid();
  }

  @Provide
  Arbitrary<RawRequest> hostile() {
    return Requests.hostile();
  }

  @Provide
  Arbitrary<RawRequest> anything() {
    Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(40);
    return Combinators.combine(
            Arbitraries.oneOf(Arbitraries.of("GET", "POST"), texts),
            Arbitraries.oneOf(texts, texts.map(text -> "/" + text)),
            Combinators.combine(texts, texts).as(Map::entry).list().ofMaxSize(4))
        .as(RawRequest::new);
  }
}
