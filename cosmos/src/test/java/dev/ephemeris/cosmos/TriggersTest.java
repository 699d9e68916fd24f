package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TriggersTest {

  @Test
  void areNoneOnlyIfNoneRunsBeforeNorAfter() {
    assertThat(new Triggers(List.of(), List.of()).isEmpty()).isTrue();
    assertThat(new Triggers(List.of("a"), List.of()).isEmpty()).isFalse();
    assertThat(new Triggers(List.of(), List.of("a")).isEmpty()).isFalse();
  }

  @Test
  void areThoseOfARequestByWhenTheyRun() {
    Parsed parsed =
        RawRequest.of(
                "POST",
                "/dbs/shop/colls/orders/docs",
                "x-ms-documentdb-pre-trigger-include: a,b; x-ms-documentdb-post-trigger-include: c")
            .parse();

    assertThat(parsed)
        .isInstanceOfSatisfying(
            CosmosRequest.class,
            request ->
                assertThat(request.triggers())
                    .isEqualTo(new Triggers(List.of("a", "b"), List.of("c"))));
  }

  @Test
  void areNoMoreThanAHeaderHolds() {
    assertThat(Triggers.names("a,".repeat(4095) + "aa").orElseThrow()).hasSize(4096);
    assertThat(Triggers.names("a,".repeat(4096) + "a")).isEmpty();
  }
}
